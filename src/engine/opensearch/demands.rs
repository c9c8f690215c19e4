//! Demands on passages, each met by a passage itself or with all of its article, as exact queries
//! of a cluster.
//!
//! A query of nested passages cannot ask for the article around them. So the articles are told
//! apart by which of the demands they meet as a whole: within such a class, the passages have to
//! meet the rest.

use super::combined::{all, any, nested, none};
use serde_json::{Map, Value, json};

/// The most demands that an article may meet as a whole: each doubles the number of classes.
const MOST_ALTERNATIVES: usize = 4;

/// A demand on a passage.
#[derive(Debug, Clone, Default)]
pub struct PassageDemand {
    /// The articles all of whose passages meet it; `None` where a whole article never does.
    pub article: Option<Value>,
    /// The passages that meet it by themselves, as a query within `passages`; `None` where a
    /// passage never does.
    pub passage: Option<Value>,
}

impl PassageDemand {
    /// The demand that one of these articles, or one of these passages, meets.
    pub fn any_of(articles: Vec<Value>, passages: Vec<Value>) -> PassageDemand {
        let some = |queries: Vec<Value>| (!queries.is_empty()).then(|| any(queries));
        PassageDemand { article: some(articles), passage: some(passages) }
    }
}

/// Articles that meet the same demands as a whole.
#[derive(Debug, Default)]
pub struct DemandClass {
    /// The demands that they meet as a whole.
    pub having: Vec<Value>,
    /// Those that they do not meet as a whole.
    pub lacking: Vec<Value>,
    /// Those that are left to their passages.
    pub left: Vec<Value>,
}

impl DemandClass {
    /// Its articles, as a query.
    pub fn articles(&self) -> Value {
        json!({ "bool": { "filter": self.having, "must_not": self.lacking } })
    }
}

/// The classes of articles that may have a passage that meets all of `demands`; `None` where there
/// would be too many.
pub fn classes(demands: &[PassageDemand]) -> Option<Vec<DemandClass>> {
    let mut classes = vec![DemandClass::default()];
    let alternatives = demands.iter().filter(|own| own.article.is_some() && own.passage.is_some());
    if alternatives.count() > MOST_ALTERNATIVES {
        return None;
    }
    for PassageDemand { article, passage } in demands {
        let mut divided = Vec::new();
        for class in classes {
            let DemandClass { having, lacking, left } = class;
            if let Some(article) = article {
                let having = [having.as_slice(), std::slice::from_ref(article)].concat();
                let (lacking, left) = (lacking.clone(), left.clone());
                divided.push(DemandClass { having, lacking, left });
            }
            if let Some(passage) = passage {
                let lacking: Vec<Value> = lacking.into_iter().chain(article.clone()).collect();
                let left = [left.as_slice(), std::slice::from_ref(passage)].concat();
                divided.push(DemandClass { having, lacking, left });
            }
        }
        classes = divided;
    }
    Some(classes)
}

/// The articles that have a passage that meets all of `demands`; `None` where there are too many of
/// them.
pub fn exists(demands: &[PassageDemand]) -> Option<Value> {
    let having = |class: DemandClass| {
        // An article that meets more is found all the same.
        let mut needed = class.having;
        needed.extend((!class.left.is_empty()).then(|| nested(&all(class.left))));
        match needed.len() {
            1 => needed.remove(0),
            _ => all(needed),
        }
    };
    let mut found: Vec<Value> = classes(demands)?.into_iter().map(having).collect();
    Some(match found.len() {
        0 => none(),
        1 => found.remove(0),
        _ => any(found),
    })
}

/// The aggregations that count the passages that meet all of `demands`, for [`counted`]; `None`
/// where there are too many of them.
pub fn counts(demands: &[PassageDemand]) -> Option<Value> {
    let mut aggregations = Map::new();
    for (at, class) in classes(demands)?.into_iter().enumerate() {
        let articles = class.articles();
        let passages = match class.left.is_empty() {
            true => json!({ "n": { "sum": { "field": "row.passages" } } }),
            false => json!({ "n": { "nested": { "path": "passages" },
                                    "aggs": { "n": { "filter": all(class.left) } } } }),
        };
        aggregations.insert(at.to_string(), json!({ "filter": articles, "aggs": passages }));
    }
    Some(Value::Object(aggregations))
}

/// The number of passages in the answer to [`counts`].
pub fn counted(answer: &Value) -> u64 {
    let own = |class: &Value| {
        let passages = &class["n"];
        let whole = passages["value"].as_f64().map(|sum| sum as u64);
        whole.or(passages["n"]["doc_count"].as_u64()).unwrap_or(0)
    };
    answer.as_object().into_iter().flatten().filter(|(_, v)| v.is_object()).map(|c| own(c.1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(article: Option<&str>, passage: Option<&str>) -> PassageDemand {
        let query = |name: Option<&str>| name.map(|name| json!({ "exists": { "field": name } }));
        PassageDemand { article: query(article), passage: query(passage) }
    }

    #[test]
    fn each_alternative_doubles_the_classes() {
        let two = [demand(Some("t"), Some("p")), demand(Some("u"), Some("q"))];
        let found = classes(&two).unwrap();
        let sizes =
            |class: &DemandClass| [&class.having, &class.lacking, &class.left].map(Vec::len);
        assert_eq!(
            found.iter().map(sizes).collect::<Vec<_>>(),
            [[2, 0, 0], [1, 1, 1], [1, 1, 1], [0, 2, 2]]
        );
        // What only one side can meet makes no classes.
        let one = [demand(None, Some("p")), demand(Some("t"), None)];
        assert_eq!(classes(&one).unwrap().iter().map(sizes).collect::<Vec<_>>(), [[1, 0, 1]]);
        assert_eq!(exists(&[demand(None, None)]).unwrap(), none());
        assert!(
            classes(&std::array::from_fn::<_, 5, _>(|_| demand(Some("t"), Some("p")))).is_none()
        );
    }
}
