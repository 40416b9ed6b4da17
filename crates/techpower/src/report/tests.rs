//! What must hold of every report.
