//! The rankings side by side as SVG: what each finds among its first ten.

use std::fmt::Write;

use crate::forecast::{
    Estimate, Measures, Part, RANKINGS, RankedBy, RankedOutcome, RankingEvaluation, RankingSection,
};

const PANEL: f64 = 300.0;
const LEFT: f64 = 180.0;
const TOP: f64 = 84.0;
const ACROSS: f64 = PANEL + 60.0;
const ROW: f64 = 34.0;
const DOWN: f64 = ROW * RANKINGS.len() as f64 + 110.0;

const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:13px;fill:#222}\
.t{font-size:15px;font-weight:600}.s{font-size:12px;fill:#555}.g{stroke:#e3e3e3}\
.i{stroke:#1763a6;stroke-width:2}.p{fill:#1763a6}.n{stroke:#c2570c;stroke-width:2}\
.q{fill:#fff;stroke:#c2570c;stroke-width:2}";

type Measured = fn(&Measures<Estimate>) -> &Estimate;

/// The measures that are drawn.
const DRAWN: [(&str, Measured); 2] = [
    ("harm@10", |measures| &measures.harm_10),
    ("precision@10", |measures| &measures.precision_10),
];

/// Draws harm@10 and precision@10 of each ranking with 95% intervals, for both lenses and their
/// first outcome: all years filled, the years that were not fitted hollow.
pub fn svg(evaluation: &RankingEvaluation) -> String {
    let drawn = [RankedBy::Environmentalist, RankedBy::Exposure];
    let (width, height) = (LEFT + ACROSS * DRAWN.len() as f64, TOP + DOWN * drawn.len() as f64);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Rankings compared\">\n\
         <style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (place, ranking) in drawn.into_iter().enumerate() {
        let top = TOP + DOWN * place as f64;
        let _ = writeln!(svg, "<g transform=\"translate({LEFT} {top})\">");
        lens(&mut svg, evaluation, ranking);
        svg.push_str("</g>\n");
    }
    let _ = writeln!(
        svg,
        "<text class=\"s\" x=\"20\" y=\"{}\">Filled: all years. Hollow: years that no model was \
         fitted on. Bars are 95% intervals by bootstrap over upstream packages.</text>\n</svg>",
        height - 20.0
    );
    svg
}

/// Both panels of one lens.
fn lens(svg: &mut String, evaluation: &RankingEvaluation, ranking: RankedBy) {
    let of = |part: Part| {
        evaluation
            .sections
            .iter()
            .find(|it| (it.ranking, it.outcome, it.part) == (ranking, RankedOutcome::Trouble, part))
    };
    let sections = [of(Part::AllYears), of(Part::YearsNotFitted)];
    let title = match ranking {
        RankedBy::Environmentalist => "Upstream projects, as the environmentalist ranks them",
        RankedBy::Exposure => "Packages, as they are ranked by exposure",
    };
    let _ = writeln!(
        svg,
        "<text class=\"t\" x=\"-160\" y=\"-52\">{title}</text>\n\
         <text class=\"s\" x=\"-160\" y=\"-33\">within 24 months: {}</text>",
        RankedOutcome::Trouble.words()
    );
    for (place, name) in RANKINGS.iter().enumerate() {
        let y = middle(place) + 4.0;
        let _ = writeln!(svg, "<text x=\"-12\" y=\"{y}\" text-anchor=\"end\">{name}</text>");
    }
    for (place, (name, measure)) in DRAWN.into_iter().enumerate() {
        let _ = writeln!(svg, "<g transform=\"translate({} 0)\">", ACROSS * place as f64);
        panel(svg, name, &sections, measure);
        svg.push_str("</g>\n");
    }
}

fn panel(svg: &mut String, name: &str, sections: &[Option<&RankingSection>; 2], measure: Measured) {
    let scores = sections.iter().flatten().flat_map(|it| &it.scores);
    let ends = scores.map(|it| measure(&it.measures).high).filter(|it| it.is_finite());
    let most = axis_end(ends.fold(0.0, f64::max));
    axis(svg, name, most);
    let x_of = |value: f64| (value / most).clamp(0.0, 1.0) * PANEL;
    let looks = [("i", "p", -5.0), ("n", "q", 5.0)];
    for (section, (line, point, shift)) in sections.iter().zip(looks) {
        for (place, score) in section.iter().flat_map(|it| it.scores.iter().enumerate()) {
            let Estimate { value, low, high } = *measure(&score.measures);
            if ![value, low, high].iter().all(|it| it.is_finite()) {
                continue;
            }
            let y = middle(place) + shift;
            let [x, low_x, high_x] = [value, low, high].map(x_of);
            let _ = writeln!(
                svg,
                "<line class=\"{line}\" x1=\"{low_x:.1}\" y1=\"{y}\" x2=\"{high_x:.1}\" \
                 y2=\"{y}\"/><circle class=\"{point}\" cx=\"{x:.1}\" cy=\"{y}\" r=\"4\"><title>\
                 {} {value:.3} ({low:.3} to {high:.3})</title></circle>",
                score.name
            );
        }
    }
}

fn axis(svg: &mut String, name: &str, most: f64) {
    let bottom = ROW * RANKINGS.len() as f64;
    for step in 0..=4_u8 {
        let share = f64::from(step) / 4.0;
        let (x, label) = (share * PANEL, (share * most * 1000.0).round() / 1000.0);
        let _ = writeln!(
            svg,
            "<line class=\"g\" x1=\"{x}\" y1=\"0\" x2=\"{x}\" y2=\"{bottom}\"/>\
             <text class=\"s\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            bottom + 16.0
        );
    }
    let _ = writeln!(svg, "<text x=\"0\" y=\"-10\">{name}</text>");
}

/// Where the row of a ranking is.
fn middle(place: usize) -> f64 {
    ROW * (place as f64 + 0.5)
}

/// The smallest end of an axis, with four even steps, that is not below a share.
fn axis_end(share: f64) -> f64 {
    const ENDS: [f64; 8] = [0.02, 0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8];
    ENDS.into_iter().find(|&end| share <= end).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        let cases = [(0.0, 0.02), (0.09, 0.12), (0.2, 0.2), (0.81, 1.0), (7.0, 1.0)];
        assert!(cases.iter().all(|&(share, end)| axis_end(share) == end));
    }
}
