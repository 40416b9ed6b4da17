//! Files: the only module of the library that opens them.
#![allow(clippy::disallowed_methods, reason = "this is the one module that touches the disk")]

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::table::Files;

/// Name of the folder of outputs within a study.
pub const BUILD: &str = "build";
const PARTIAL: &str = "build.partial";
const PREVIOUS: &str = "build.previous";
const LOCK: &str = "build.lock";
/// Name of the record of what outputs were made from. It tells a folder of outputs from others: it is there before any output, and is removed last.
pub const RECORD: &str = "lock.json";
/// How long a run waits for another without a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// A folder on disk.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn open(&self, path: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        match File::open(self.0.join(path)) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.0.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.path().is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

/// Writes files by path below a folder that does not exist yet or is empty; with `force`, over what is there.
///
/// # Errors
/// If a file exists and `force` is false, or if writing fails.
pub fn write_new(folder: &Path, files: &BTreeMap<String, String>, force: bool) -> io::Result<()> {
    if folder.is_file() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, folder.display().to_string()));
    }
    if !force && let Some(path) = files.keys().map(|path| folder.join(path)).find(|path| path.exists()) {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, path.display().to_string()));
    }
    for (path, text) in files {
        write_file(&folder.join(path), text.as_bytes())?;
    }
    Ok(())
}

/// Writes a file whole or not at all: to a temporary name beside it, then renamed.
///
/// # Errors
/// If writing fails.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = Draft::begin(path, true)?;
    draft.write_all(bytes)?;
    draft.finish()
}

/// A file in the making that is too long to be held in memory: it is written to a temporary name beside its own and renamed when it is
/// whole. If it is dropped before, nothing of it stays.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    partial: PathBuf,
    /// `None` when the file is whole.
    file: Option<BufWriter<File>>,
    /// Folders that were made for it, the innermost first.
    made: Vec<PathBuf>,
}

impl Draft {
    /// Begins a file; with `force`, one that takes the place of a file that exists when it is whole.
    ///
    /// # Errors
    /// If the file exists and `force` is false, or if it cannot be created.
    pub fn begin(path: &Path, force: bool) -> io::Result<Draft> {
        if !force && path.exists() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, path.display().to_string()));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let missing =
            folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let made: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        fs::create_dir_all(folder)?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = folder.join(name);
        let file = Some(BufWriter::new(File::create(&partial)?));
        Ok(Draft { path: path.to_owned(), partial, file, made })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// If the rest of it cannot be written, or renaming fails.
    pub fn finish(mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        }
        fs::rename(&self.partial, &self.path)?;
        self.made.clear();
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // A folder that holds something by now is not removed.
        let _ = fs::remove_file(&self.partial);
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The outputs of a study in the making. They replace the former outputs all at once, or not at all.
///
/// Outputs are written to `build.partial` and renamed to `build`. A run that is killed leaves the former `build` as it was, or, in
/// the moment between the two renames, as `build.previous`, from which the next run restores it.
#[derive(Debug)]
pub struct Outputs {
    study: PathBuf,
    /// Held until the outputs are in place: one run at a time.
    _lock: File,
}

/// Why outputs cannot be begun.
#[derive(Debug, thiserror::Error)]
pub enum Hindrance {
    /// Something stands where outputs belong that is not from a run. It is neither replaced nor followed.
    #[error("`{}` is not from a run", .0.display())]
    NotOurs(PathBuf),
    /// The folder cannot be written.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl Outputs {
    /// Begins: waits for another run of the same study to end, calling `waiting` if that takes long, and mends what a killed run left behind.
    ///
    /// # Errors
    /// If the folder cannot be written, or something of others is in the way.
    pub fn begin(study: &Path, waiting: &dyn Fn()) -> Result<Outputs, Hindrance> {
        for name in [BUILD, PARTIAL, PREVIOUS] {
            refuse(&study.join(name), fs::Metadata::is_dir)?;
        }
        let lock = locked(&study.join(LOCK), waiting)?;
        let [build, partial, previous] = [BUILD, PARTIAL, PREVIOUS].map(|name| study.join(name));
        for folder in [&build, &partial, &previous] {
            if !ours(folder)? {
                return Err(Hindrance::NotOurs(folder.clone()));
            }
        }
        if previous.exists() {
            if build.exists() { remove(&previous)? } else { fs::rename(&previous, &build)? }
        }
        remove(&partial)?;
        Ok(Outputs { study: study.to_owned(), _lock: lock })
    }

    /// A former output, if there is one.
    #[must_use]
    pub fn former(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.study.join(BUILD).join(path)).ok()
    }

    /// Where an output in the making belongs; makes its folder.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn path(&self, path: &str) -> io::Result<PathBuf> {
        let partial = self.study.join(PARTIAL);
        if !partial.exists() {
            fs::create_dir(&partial)?;
            fs::write(partial.join(RECORD), "{}\n")?;
        }
        let path = partial.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        Ok(path)
    }

    /// Writes an output.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        fs::write(self.path(path)?, bytes)
    }

    /// Hash of an output in the making.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn hash(&self, path: &str) -> io::Result<String> {
        hash_file(&self.study.join(PARTIAL).join(path))?
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, path.to_owned()))
    }

    /// Puts the outputs in place of the former ones.
    ///
    /// # Errors
    /// If renaming fails; the former outputs are then still there or restored by the next run.
    pub fn finish(self) -> io::Result<()> {
        let (build, partial, previous) =
            (self.study.join(BUILD), self.study.join(PARTIAL), self.study.join(PREVIOUS));
        if build.exists() {
            fs::rename(&build, &previous)?;
        }
        fs::rename(&partial, &build)?;
        remove(&previous)
    }
}

/// Refuses what is there and is not what it should be.
fn refuse(path: &Path, wanted: impl Fn(&fs::Metadata) -> bool) -> Result<(), Hindrance> {
    match path.symlink_metadata() {
        Ok(data) if !wanted(&data) => Err(Hindrance::NotOurs(path.to_owned())),
        _ => Ok(()),
    }
}

/// Takes the lock of a study; what stands in the file stays as it is.
fn locked(path: &Path, waiting: &dyn Fn()) -> Result<File, Hindrance> {
    refuse(path, fs::Metadata::is_file)?;
    let lock = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    for _ in 0..20 {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => thread::sleep(PATIENCE / 20),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    waiting();
    lock.lock()?;
    Ok(lock)
}

/// Whether a folder is one of outputs, is empty or is not there.
fn ours(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none() || folder.join(RECORD).is_file()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Removes a folder of outputs if it is there, its record last, so that what is left by a killed run is known for what it is.
fn remove(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != RECORD {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_dir_all(folder)
}

/// Hash of a file's content, read in pieces; `None` if there is no such file.
///
/// # Errors
/// If it exists but cannot be read.
pub fn hash_file(path: &Path) -> io::Result<Option<String>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut file, &mut hasher)?;
    Ok(Some(hasher.finalize().to_hex()[..32].to_owned()))
}

/// Hash of bytes, as of files.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..32].to_owned()
}
