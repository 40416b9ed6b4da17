//! The kinds of note there are, each with its severity. Their words are in `notes.toml`.

use serde::{Deserialize, Serialize};

use super::Severity;

macro_rules! kinds {
    ($($variant:ident $id:literal $severity:ident $meaning:literal,)*) => {
        /// What a note is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind {
            $(#[doc = $meaning] $variant,)*
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)*];

            /// The id, used in tables, JSON and the catalogue of words.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Kind::$variant => $id,)* }
            }

            /// How much it matters.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Kind::$variant => Severity::$severity,)* }
            }
        }
    };
}

kinds! {
    // Files, tables and cells.
    UnreadableFile "unreadable-file" Error "A file exists but cannot be read.",
    EmptyFile "empty-file" Error "A table has not even a header.",
    NotUtf8 "not-utf8" Info "A file is in another encoding and was read in it.",
    BrokenText "broken-text" Warning "Bytes that are no text in the file's encoding.",
    MissingColumn "missing-column" Error "A required column is missing; the table is not read.",
    UnknownColumn "unknown-column" Info "A column that the format does not know; it is kept.",
    RepeatedColumn "repeated-column" Warning "A column stands twice; the first counts.",
    NoHeader "no-header" Error "The first line names no column of the table.",
    IsWorkbook "is-workbook" Error "An Excel workbook where a CSV file should be.",
    UnknownTable "unknown-table" Warning "A file among the tables that is no table of the format.",
    OpenQuote "open-quote" Error "A quoted cell that runs over whole rows.",
    RaggedRow "ragged-row" Error "A row has more or fewer cells than the header.",
    MissingValue "missing-value" Error "A required cell is empty.",
    DuplicateRow "duplicate-row" Error "A row with the same key stands above.",
    BadId "bad-id" Error "An id with blanks or bars.",
    BadIds "bad-ids" Error "A list of ids that is not separated by single bars.",
    BadChoice "bad-choice" Error "A word that is none of the choices.",
    NotANumber "not-a-number" Error "A number was expected.",
    NotFinite "not-finite" Error "NaN or infinity.",
    ThousandMarks "thousand-marks" Error "A number with thousand marks or a decimal comma.",
    Percent "percent" Error "A number with a percent sign.",
    NotAShare "not-a-share" Error "A share outside 0 to 1.",
    OutOfRange "out-of-range" Error "A number outside its bounds.",
    BelowZero "below-zero" Error "A number below zero where none can be.",
    BadYear "bad-year" Error "A year was expected.",
    BadDate "bad-date" Error "A date that does not exist or is not ISO 8601.",
    BadInterval "bad-interval" Error "An interval low..high was expected.",
    IntervalDisordered "interval-disordered" Error "low <= value <= high does not hold.",
    // The study file.
    ImportExchanged "import-exchanged" Error "The two files of an import stand in each other's place.",
    ImportColumnMissing "import-column-missing" Error "A column that the description of imported data names and the data lack.",
    ImportTakenForOne "import-taken-for-one" Warning "An empty direction or weight of an import, taken for 1.",
    ImportColumnUnknown "import-column-unknown" Warning "A column of imported data that its description does not name.",
    NoTables "no-tables" Warning "A study without a single table.",
    NotAStudy "not-a-study" Error "There is no study.toml.",
    BadToml "bad-toml" Error "A TOML file that cannot be read.",
    UnknownFormat "unknown-format" Error "A study format of another version.",
    MissingKey "missing-key" Error "A key is missing.",
    UnknownKey "unknown-key" Warning "A key that the format does not know.",
    BadKey "bad-key" Error "A key the study cannot do without, with a value it cannot have.",
    BadOption "bad-option" Error "An option with a value it cannot have; the default is used.",
    YearsReversed "years-reversed" Error "The study ends before it begins.",
    // Links between tables and to the codebook.
    LinkLeftOut "link-left-out" Error "A link to a row that is left out itself.",
    FewDraws "few-draws" Info "Few draws.",
    FocalNotRanked "focal-not-ranked" Warning "A focal actor that is not ranked by itself.",
    UnknownActor "unknown-actor" Error "An actor that is not in the table of actors.",
    UnknownInput "unknown-input" Error "An input that is not in the table of inputs.",
    UnknownEvent "unknown-event" Error "A text that no event issued.",
    UnknownInstrument "unknown-instrument" Error "An instrument that is not in the codebook.",
    UnknownLayer "unknown-layer" Error "A layer that is not in the codebook.",
    UnknownPower "unknown-power" Error "A type of power that is not in the codebook.",
    UnknownMode "unknown-mode" Error "A mode that is not in the codebook.",
    UnknownStatus "unknown-status" Error "A status that is not in the codebook.",
    FirmWithoutHome "firm-without-home" Warning "A firm without a home state; its acts count for no state.",
    NotABloc "not-a-bloc" Error "A membership in something that is no bloc.",
    NotAState "not-a-state" Error "A home that is no state.",
    UnknownIndicator "unknown-indicator" Error "An option that names an indicator without data.",
    PartOfItself "part-of-itself" Error "An actor that is part of itself.",
    MixedTargets "mixed-targets" Error "Everyone or no one beside named targets.",
    PowerNotOfInstrument "power-not-of-instrument" Warning "The type of power is not that of the instrument.",
    ActsOnItself "acts-on-itself" Info "The only target is the sender.",
    DateOutsideStudy "date-outside-study" Info "An event before or after the years of the study.",
    // The index.
    BadDirection "bad-direction" Error "A direction other than 1 and -1.",
    WeightNotPositive "weight-not-positive" Error "A weight of zero or less.",
    BadWeightBounds "bad-weight-bounds" Error "Bounds of a weight that do not hold it.",
    WeightsDoNotSum "weights-do-not-sum" Warning "Weights that look like shares and do not sum to one.",
    ColumnOfIndicators "column-of-indicators" Warning "A direction, goalposts or target of a node that is computed.",
    SeveralRoots "several-roots" Info "Several roots where no codebook says what each measures.",
    BadLevel "bad-level" Error "A level that is no whole number from 1 to 20.",
    RootNotASource "root-not-a-source" Error "A root of the index that is no source of power.",
    UnknownParent "unknown-parent" Error "A parent that is not in the index.",
    ParentNotAbove "parent-not-above" Error "A parent whose level is not above its child's.",
    UnknownDenominator "unknown-denominator" Error "A denominator that is not in the index.",
    DenominatorNotIndicator "denominator-not-indicator" Error "A denominator that is computed, or the node itself.",
    SourceWithoutIndex "source-without-index" Warning "A source of power that the index does not measure.",
    ValueOfAggregate "value-of-aggregate" Error "A measured value for a node that is computed.",
    IndicatorOutsideIndex "indicator-outside-index" Info "An indicator that no source is measured by.",
    IndicatorSaturated "indicator-saturated" Info "An indicator without variance in a year; it is left out there.",
    IndicatorWithoutData "indicator-without-data" Warning "An indicator of the index without a single value.",
    MissingWithValue "missing-with-value" Warning "A value that is declared missing.",
    MissingDeclared "missing-declared" Info "Missing values for which a reason is declared.",
    UnknownGroup "unknown-group" Error "A column of groups that the table of actors does not have.",
    UnknownOverride "unknown-override" Error "An exception for an indicator that is not in the index.",
    FactorOneChoice "factor-one-choice" Error "A factor of uncertainty with a single choice.",
    FactorNoRivals "factor-no-rivals" Error "Rival rows are to vary, and there are none.",
    FactorNoIntervals "factor-no-intervals" Error "Measurement intervals are to vary, and there are none.",
    FactorNothingMissing "factor-nothing-missing" Error "Imputation is to vary, and no value is missing.",
    FactorNoSiblings "factor-no-siblings" Error "Weights, aggregation or indicators are to vary, and there is nothing to put together.",
    FactorNoBounds "factor-no-bounds" Error "Weights are to vary within bounds, and no node has any.",
    SmaaNeedsOneMean "smaa-needs-one-mean" Info "Rank acceptability under any weights needs one kind of mean on all levels.",
    FactorMixesUnits "factor-mixes-units" Error "A choice among methods whose native units differ.",
    OptionUnset "option-unset" Error "A choice that needs another option, which is not set.",
    IndicatorUnscaled "indicator-unscaled" Warning "An indicator whose values a normalisation has no scale for; it is left out there.",
    ScoreLost "score-lost" Warning "A source strength that is known as stated but not in all draws.",
    OptionWithoutData "option-without-data" Error "A choice that needs what the study does not have.",
    FractionReverses "fraction-reverses" Warning "A normalisation that reverses the order of indicators of which less is better.",
    NotPositive "not-positive" Error "Values that are not above zero under a mean that needs them so.",
    NegativeWeights "negative-weights" Warning "Computed weights that would be negative; given ones are used.",
    ScreenedOut "screened-out" Warning "Actors with too little data, left out.",
    OnlyOneActor "only-one-actor" Warning "A single actor, with nobody to be compared to.",
    OnlyOneIndicator "only-one-indicator" Info "A source that a single indicator measures.",
    ActorWithoutData "actor-without-data" Info "An actor without any value of a source.",
    ValuesCarried "values-carried" Info "Values carried forward from earlier years.",
    ScoreUnknown "score-unknown" Warning "Too little data for a source strength.",
    MemberNotRanked "member-not-ranked" Info "Values of a member of a bloc, which is not ranked beside it.",
    NothingToRank "nothing-to-rank" Warning "No state or bloc has indicator values.",
    // The production graph.
    ElasticityTooLow "elasticity-too-low" Error "An elasticity of substitution of one or less.",
    InputIntoItself "input-into-itself" Error "An input that goes into itself.",
    ProviderNoState "provider-no-state" Warning "A supplier that belongs to no state or bloc.",
    SharesAboveOne "shares-above-one" Warning "Shares of one input and year that sum to more than one.",
    CycleInGraph "cycle-in-graph" Info "Inputs that need one another in a circle.",
    InputWithoutSupply "input-without-supply" Warning "An input of whose suppliers nothing is known.",
    SupplyUnnamed "supply-unnamed" Info "Supply that no one named provides.",
    InputUnsustained "input-unsustained" Info "Inputs of which even all named suppliers together hold too little.",
    CoalitionsSampled "coalitions-sampled" Warning "More suppliers than can be enumerated; coalitions are sampled.",
    OrphanInput "orphan-input" Warning "An input that needs nothing and goes into nothing.",
    SoldAtHome "sold-at-home" Info "A share of sales in the seller's own market, which exposes it to no one.",
    StatesWeightless "states-weightless" Warning "States without a value of the indicator that weighs endorsements.",
    ConditionUnknown "condition-unknown" Warning "A condition of the Brussels effect that is asked for and not known.",
    NoDemand "no-demand" Info "No indicator of demand: everyone is taken to buy on the world market.",
    TradesWithItself "trades-with-itself" Error "A flow of trade from an actor to itself.",
    ProductReserved "product-reserved" Error "A product with the name that stands for all products together.",
    TraderNoState "trader-no-state" Warning "A trader that is no state or bloc and belongs to none.",
    TooManyNetworks "too-many-networks" Info "More products and years than networks are computed for.",
    WindowTooShort "window-too-short" Error "More years are asked for than the window has.",
    TextWithoutIssuer "text-without-issuer" Warning "An endorsed text whose senders are no state or bloc.",
    // Input-output transactions.
    NegativeFlow "negative-flow" Warning "A negative flow between sectors; it is kept.",
    SectorWithoutOutput "sector-without-output" Warning "A sector that buys or sells but whose sales do not sum to more than zero.",
    NegativePrimary "negative-primary" Warning "A sector that buys more than it sells.",
    NotProductive "not-productive" Error "Input coefficients with which finite demand would need infinite output.",
    ExtractionAssumes "extraction-assumes" Warning "What an extraction takes for granted.",
    // Events and inference.
    FirmsCounted "firms-counted" Info "How many acts of firms count for their home states.",
    NoActs "no-acts" Info "An actor without acts; what is said of its reliance is the prior.",
    CorollaryUndefined "corollary-undefined" Info "A source of power that not exactly one type omits.",
    // Claims.
    DuplicateClaim "duplicate-claim" Error "Two claims with one id.",
    QueryFailed "query-failed" Error "The query of a claim that cannot be run.",
    NotTestable "not-testable" Warning "A claim whose query returns no number.",
    // The codebook.
    NoCodebook "no-codebook" Error "There is no codebook.toml.",
    NoPages "no-pages" Error "A kind of page is missing altogether.",
    NoFrontMatter "no-front-matter" Error "A page without TOML front matter.",
    PageInWrongFolder "page-in-wrong-folder" Error "A page whose kind is not that of its folder.",
    PageNameDiffers "page-name-differs" Warning "A page whose file has another name than its id.",
    DuplicatePage "duplicate-page" Error "Two pages with one id.",
    UnknownId "unknown-id" Error "An id that the codebook does not have.",
    BadWeights "bad-weights" Error "Weights that are not 0 <= low <= weight <= high <= 1.",
    UnknownLanguage "unknown-language" Error "A part of a page in neither language.",
    MissingLanguage "missing-language" Error "A page without text in one of the languages.",
    TooFewExamples "too-few-examples" Warning "An instrument with too few examples.",
    NoNearMiss "no-near-miss" Warning "An instrument without a near-miss.",
    ExampleWithoutYield "example-without-yield" Error "A quotation without the events it must yield.",
    BadYield "bad-yield" Error "A part of a yields line that is no key=value.",
    UnknownRole "unknown-role" Error "A link of an example that marks no known role.",
    SpanMissing "span-missing" Error "An example that does not mark what it must.",
    // Imports of networks and stocks.
    ImportLicence "import-licence" Info "Where imported data come from, and under which licence.",
    ImportUnknownId "import-unknown-id" Error "An id that another file of an import does not have.",
    ImportUnknownCountry "import-unknown-country" Warning "A code of an import that is no country.",
    ImportUnnamed "import-unnamed" Info "Imported supply that names no one.",
    ImportEurope "import-europe" Info "Europe as one provider, without its countries.",
    ImportHeadquarters "import-headquarters" Info "Imported shares count firms where they have their headquarters.",
    ImportPlaceholder "import-placeholder" Info "An elasticity that an import had to make up.",
    ImportStagesOut "import-stages-out" Info "Shares of stages that no input uses.",
    ImportLeadsNowhere "import-leads-nowhere" Warning "Imported inputs of which nothing is made.",
    ImportSecondParent "import-second-parent" Warning "An imported input that is a sub-type of two others.",
    ImportFirmsOnly "import-firms-only" Info "Imported supply of firms where no country is named.",
    ImportRounded "import-rounded" Info "Imported shares that sum to more than one.",
    ImportAged "import-aged" Info "Imported shares are carried forward longer than by default.",
    ImportNothing "import-nothing" Error "An import that finds nothing to import.",
    ImportArchive "import-archive" Error "An archive where a file of an import should be.",
    ImportBadProduct "import-bad-product" Error "A product code that is none of the Harmonized System.",
    ImportPadded "import-padded" Info "Product codes that had lost their leading zero.",
    ImportQuantityUnknown "import-quantity-unknown" Info "Trade flows without a quantity.",
    ImportYearTwice "import-year-twice" Warning "A year of trade that stands in several files.",
    ImportProductEmpty "import-product-empty" Warning "A product without any trade.",
    ImportTaiwan "import-taiwan" Info "Asia not elsewhere specified is read as Taiwan.",
    ImportOwnActor "import-own-actor" Warning "An actor of an imported table that is no country.",
    ImportColumnAlone "import-column-alone" Warning "Columns of an input-output table without a row.",
    ImportRowAlone "import-row-alone" Warning "Rows of an input-output table without a column.",
    ImportNoSquare "import-no-square" Error "A table whose columns and rows have no label in common.",
    ImportNegative "import-negative" Info "Negative transactions, which are kept.",
    ImportBlankCells "import-blank-cells" Warning "Blank cells of an input-output table.",
    ImportOutputDiffers "import-output-differs" Warning "Sales that do not sum to the output that the table states.",
    ImportOfficialOnly "import-official-only" Warning "A stock that holds official supply only.",
    ImportOthers "import-others" Info "A stock whose owners are not named.",
    ImportYearUnfinished "import-year-unfinished" Info "A year of imported data that is not complete.",
    ImportMakerLacking "import-maker-lacking" Info "A sum over chip makers that lacks one in some years.",
    ImportOwnerLost "import-owner-lost" Warning "Owners that imported data name but have no rows of.",
    // Documents.
    DocumentFormat "document-format" Error "A file whose name tells no format of documents that is read.",
    DocumentBroken "document-broken" Error "A document that cannot be read as what it should be.",
    DocumentEmpty "document-empty" Error "A document without text.",
    DocumentTooLarge "document-too-large" Error "A document that is larger than what is read at once.",
    DocumentField "document-field" Warning "A field of a document that is no text.",
    BadPassage "bad-passage" Error "A line of a file of coded passages that cannot be read.",
    DocumentGaps "document-gaps" Warning "A document with characters that its fonts do not tell.",
    DocumentLanguage "document-language" Info "A document in a language that is neither English nor Chinese.",
    // The dictionary and the coder.
    NameWithoutDays "name-without-days" Error "A name that holds on no day.",
    AmbiguousName "ambiguous-name" Warning "A name that stands for two actors on the same day without a context.",
}
