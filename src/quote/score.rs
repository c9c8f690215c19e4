//! Scores of readings: how sure it is that a stretch of text is a speaker, out of 100.
//!
//! The scores were set by hand on annotated news; only their order matters. A reading replaces
//! another only with a higher score.

/// A name behind its title, or one joined by dots: 局长周国栋, 埃隆·马斯克.
pub(super) const TITLED: u8 = 100;
/// A transliterated name behind its title: 总统特朗普.
pub(super) const TITLED_FOREIGN: u8 = 98;
/// A pronoun, or a surname with what it is called by: 他, 李主任, 陈某. No reading beats it.
pub(super) const CERTAIN: u8 = 95;
/// A full name that is the whole mention: 周国栋.
pub(super) const BARE: u8 = 92;
/// A name that the article has elsewhere, and 该负责人.
pub(super) const KNOWN: u8 = 90;
/// A foreign name behind a title with characters that foreign names rarely have.
pub(super) const IRREGULAR: u8 = 88;
/// A name behind an organisation or place; the least score beside 一名 and 该.
pub(super) const AFFILIATED: u8 = 85;
/// Nouns that never speak: 数据.
pub(super) const SILENT: u8 = 85;
/// A transliterated name that is the whole mention, and a name between marks.
pub(super) const BARE_FOREIGN: u8 = 82;
/// The least score of a name that needs no further evidence.
pub(super) const SOUND: u8 = 80;
/// A nickname: 老胡.
pub(super) const NICKNAME: u8 = 78;
/// A role or a meeting: 工作人员, 会议.
pub(super) const ROLE: u8 = 75;
/// An organisation by its ending, and a name behind a title that no list has.
pub(super) const LISTED: u8 = 72;
/// The least score of a person's name, and a medium.
pub(super) const PLAUSIBLE: u8 = 70;
/// A country or city by itself.
pub(super) const PLACE: u8 = 69;
/// Phrases that end like a document: a weak reading of silence.
pub(super) const SILENT_ENDING: u8 = 66;
/// The lowest score of a mention that was recognised and not merely guessed.
pub(super) const RECOGNISED: u8 = 65;
/// A name in a place where names rarely stand.
pub(super) const MISPLACED: u8 = 35;
/// A transliterated name in a place where names rarely stand.
pub(super) const MISPLACED_FOREIGN: u8 = 30;
/// A short noun phrase about which nothing is known.
pub(super) const GUESS: u8 = 20;
