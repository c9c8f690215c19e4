//! Searching: a [`Request`] in, an [`Answer`] out. Names no engine, and fetches no more passages
//! than the page shows.
//!
//! compile.rs turns the query into a plan (with lexicon.rs, pieces.rs and
//! evidence.rs), an engine executes it,
//! proximity.rs takes a closer look at the best candidates, collapse.rs tells which copies a hit
//! stands for, snippet.rs marks the words. nearby.rs asks for less where nothing answers,
//! diagnosis.rs explains an empty answer, suggest.rs finds what may have been meant, names.rs what
//! an index calls a speaker or a topic; lookup.rs shows articles, admitted.rs what filters admit.

mod admitted;
mod agreement;
mod collapse;
mod compile;
mod count;
mod demand;
mod diagnosis;
mod evidence;
mod holdings;
mod lexicon;
mod lookup;
mod names;
mod nearby;
mod number;
mod opening;
mod period;
mod pieces;
mod profile;
mod proximity;
mod request;
mod run;
mod snippet;
mod suggest;
mod typed;
mod verify;

pub use crate::engine::{
    Evidence, Exclusion, Facet, FacetCount, FacetScope, FilterKind, Grouping, Occur, Order, Period,
    Plan, Ranking, ReprintPolicy, Scope, Share, SpeakerCount, TextCount, Unit, ValueCount,
};
pub use admitted::admitted;
pub use collapse::{Standing, printings};
pub use compile::{MOST_GROUPS, MOST_UNITS, compile};
pub use count::{speakers, topics};
pub use diagnosis::{Diagnosis, diagnose};
pub use holdings::Holdings;
pub use lexicon::Lexicon;
pub use lookup::{CopyGroup, article, reprints, years};
pub use names::{nearest_speakers, nearest_topics, resolve};
pub use number::signed_length;
pub use period::compare_with_archive;
pub use profile::{KindCounts, Person, SpeakerProfile, TitleSpan, profile};
pub use request::{Answer, Hit, Request};
pub use run::{RankedAnswer, rank, run};
pub use snippet::{Snippet, admits, ends_sentence, first_clause, headline, highlights, snippet};
pub use suggest::{Suggestion, suggest};
pub use verify::{NearestWording, QuotationVerdict, VerifiedQuotation, verify};
