//! Pages of a list: the limit, the position after which the page begins, and the next page's cursor.

use serde::Serialize;

use crate::store::error::StoreError;

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The `cursor` of the next page; `null` on the last page.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// Creates a list that fits in one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// Converts each item and keeps the cursor.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> List<U> {
        let items = self.items.into_iter().map(view).collect();
        List { items, next_cursor: self.next_cursor }
    }
}

/// The requested page of a list: how many rows, and after which position.
#[derive(Debug, Clone)]
pub struct Paging {
    /// Maximum number of rows, 1 to 200.
    pub limit: i32,
    /// The position at which the previous page ended.
    pub(crate) after: Option<String>,
}

impl Paging {
    /// Returns the paging for the first rows of a list, up to `limit`.
    pub const fn first(limit: i32) -> Self {
        Self { limit, after: None }
    }

    /// Returns the page of a list that is complete in memory.
    ///
    /// `items` must be sorted by `place`. Places become cursors, so they must not contain personal data. An item
    /// that is added or removed between two pages may or may not be seen; every other item appears once.
    ///
    /// # Errors
    ///
    /// When the cursor belongs to another list.
    pub fn page<T>(
        &self,
        list: &str,
        items: Vec<T>,
        place: impl Fn(&T) -> String,
    ) -> Result<List<T>, StoreError> {
        let prefix = format!("{list}#");
        let after = match &self.after {
            None => None,
            Some(after) => {
                Some(after.strip_prefix(&prefix).ok_or(StoreError::ForeignCursor)?.to_owned())
            }
        };
        let begin = after.map_or(0, |after| items.partition_point(|item| place(item) <= after));
        let limit = usize::try_from(self.limit).unwrap_or(1);
        let has_more = items.len() > begin.saturating_add(limit);
        let items: Vec<_> = items.into_iter().skip(begin).take(limit).collect();
        let end = items.last().filter(|_| has_more);
        let next_cursor = end.map(|item| cursor(&[prefix.as_str(), &place(item)].concat()));
        Ok(List { items, next_cursor })
    }

    /// Returns the page of a list that has its own order: an item's place is its index.
    ///
    /// # Errors
    ///
    /// When the cursor belongs to another list.
    pub fn page_by_number<T>(&self, list: &str, items: Vec<T>) -> Result<List<T>, StoreError> {
        let numbered = items.into_iter().enumerate().collect();
        let page = self.page(list, numbered, |(number, _)| format!("{number:08}"))?;
        Ok(page.map(|(_, item)| item))
    }
}

/// Encodes a position as the cursor that clients receive.
pub(crate) fn cursor(place: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(place.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads all pages of a list, following the cursors that a client receives.
    fn pages(items: &[&str], limit: i32) -> Vec<Vec<String>> {
        let mut paging = Paging::first(limit);
        let mut pages = Vec::new();
        loop {
            let items = items.iter().map(|&item| item.to_owned()).collect();
            let page = paging.page("letters", items, Clone::clone).unwrap();
            pages.push(page.items);
            let Some(next) = page.next_cursor else { return pages };
            let place = data_encoding::BASE64URL_NOPAD.decode(next.as_bytes()).unwrap();
            paging.after = Some(String::from_utf8(place).unwrap());
        }
    }

    #[test]
    fn every_item_is_on_one_page() {
        assert_eq!(pages(&["a", "b", "c", "d"], 2), [["a", "b"], ["c", "d"]]);
        assert_eq!(pages(&["a", "b", "c"], 2), [vec!["a", "b"], vec!["c"]]);
        assert_eq!(pages(&["a"], 200), [["a"]]);
        assert_eq!(pages(&[], 50), [Vec::<String>::new()]);
    }

    #[test]
    fn a_page_goes_on_where_an_item_has_left() {
        let paging = Paging { limit: 2, after: Some("letters#b".to_owned()) };
        let page = paging.page("letters", vec!["a", "c", "d"], |item| (*item).to_owned());
        assert_eq!(page.unwrap().items, ["c", "d"]);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let paging = Paging { limit: 2, after: Some("numbers#1".to_owned()) };
        let page = paging.page_by_number("letters", vec!["a"]);
        assert!(matches!(page, Err(StoreError::ForeignCursor)));
    }

    #[test]
    fn a_list_with_an_order_of_its_own_keeps_it() {
        let paging = Paging { limit: 1, after: Some("letters#00000000".to_owned()) };
        let page = paging.page_by_number("letters", vec!["z", "a", "m"]).unwrap();
        assert_eq!(page.items, ["a"]);
        assert!(page.next_cursor.is_some());
    }
}
