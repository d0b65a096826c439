//! Prints a shelf label: label "a chart of the Baltic"
use smallvec::SmallVec;

fn main() {
    let words: SmallVec<[String; 8]> = std::env::args().skip(1).collect();
    let text = words.join(" ");
    let rule = "-".repeat(text.chars().count() + 4);
    println!("{rule}\n| {text} |\n{rule}");
}
