//! A reliability diagram as SVG: how often it happened, by the chance that was forecast.

use std::fmt::Write;

use crate::forecast::{Bin, Estimate, Evaluation, Section};

const PANEL: f64 = 300.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 110.0;
const ACROSS: f64 = PANEL + 150.0;
const DOWN: f64 = PANEL + 190.0;
const COLUMNS: usize = 2;

const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:13px;fill:#222}\
.t{font-size:15px;font-weight:600}.s{font-size:12px;fill:#555}.g{stroke:#e3e3e3}.a{stroke:#555}\
.d{stroke:#999;stroke-dasharray:5 4}.i{stroke:#1763a6;stroke-width:2}.p{fill:#1763a6}\
.l{fill:none;stroke:#1763a6;stroke-opacity:.35;stroke-width:2}";

/// Draws one panel for each headline section: deciles of the chance, lowest first, with the share
/// in which it happened and its 95% interval. On the dashed line forecasts keep their word.
pub fn svg(evaluation: &Evaluation) -> String {
    let sections: Vec<&Section> = evaluation.sections.iter().filter(|it| it.headline).collect();
    let rows = sections.len().div_ceil(COLUMNS).max(1);
    let (width, height) = (ACROSS * COLUMNS as f64 + 20.0, DOWN * rows as f64 + 56.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Reliability diagram\">\n\
         <style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (place, section) in sections.iter().enumerate() {
        let left = LEFT + ACROSS * (place % COLUMNS) as f64;
        let top = TOP + DOWN * (place / COLUMNS) as f64;
        let _ = writeln!(svg, "<g transform=\"translate({left} {top})\">");
        panel(&mut svg, section);
        svg.push_str("</g>\n");
    }
    let notes = [
        "Each point is a tenth of the forecasts; bars are 95% intervals by bootstrap.",
        "On the dashed line, what was forecast is what came.",
    ];
    for (line, note) in notes.into_iter().enumerate() {
        let y = height - 36.0 + 18.0 * line as f64;
        let _ = writeln!(svg, "<text class=\"s\" x=\"20\" y=\"{y}\">{note}</text>");
    }
    svg.push_str("</svg>\n");
    svg
}

fn panel(svg: &mut String, section: &Section) {
    let ends = section.reliability.iter().flat_map(|bin| [bin.chance, bin.share.high]);
    let most = axis_end(ends.fold(0.0, f64::max));
    titles(svg, section);
    axes(svg, most);
    let place = |value: f64| (value / most).clamp(0.0, 1.0) * PANEL;
    let line =
        |bin: &Bin| format!("{:.1},{:.1}", place(bin.chance), PANEL - place(bin.share.value));
    let points: Vec<String> = section.reliability.iter().map(line).collect();
    let _ = writeln!(svg, "<polyline class=\"l\" points=\"{}\"/>", points.join(" "));
    for bin in &section.reliability {
        let (x, y) = (place(bin.chance), PANEL - place(bin.share.value));
        let [low, high] = [bin.share.low, bin.share.high].map(|it| PANEL - place(it));
        let _ = writeln!(
            svg,
            "<line class=\"i\" x1=\"{x:.1}\" y1=\"{low:.1}\" x2=\"{x:.1}\" y2=\"{high:.1}\"/>\
             <circle class=\"p\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"><title>forecast {:.1}%, came \
             {:.1}% of {}</title></circle>",
            bin.chance * 100.0,
            bin.share.value * 100.0,
            bin.examples
        );
    }
}

fn titles(svg: &mut String, section: &Section) {
    let split = format!("{}; packages: {}", section.split, section.population.words());
    let mut lines = vec![("t", capital(&section.title)), ("s", split)];
    lines
        .push(("s", format!("it happened in {} of {} examples", section.events, section.examples)));
    if let Some(model) = section.scores.first() {
        let (auc, error) = (&model.metrics.auc, &model.metrics.calibration_error.value);
        let Estimate { value, low, high } = auc;
        let auc = format!("AUC {value:.3} ({low:.3} to {high:.3}), calibration error {error:.3}");
        lines.push(("s", auc));
    }
    for (line, (class, text)) in lines.iter().enumerate() {
        let (y, text) = (-78.0 + 19.0 * line as f64, plain(text));
        let _ = writeln!(svg, "<text class=\"{class}\" x=\"-44\" y=\"{y}\">{text}</text>");
    }
}

fn axes(svg: &mut String, most: f64) {
    for step in 0..=4_u8 {
        let share = f64::from(step) / 4.0;
        let (x, y) = (share * PANEL, PANEL - share * PANEL);
        let label = percent(share * most);
        let _ = writeln!(
            svg,
            "<line class=\"g\" x1=\"0\" y1=\"{y}\" x2=\"{PANEL}\" y2=\"{y}\"/>\
             <line class=\"g\" x1=\"{x}\" y1=\"0\" x2=\"{x}\" y2=\"{PANEL}\"/>\
             <text x=\"-8\" y=\"{}\" text-anchor=\"end\">{label}</text>\
             <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            y + 4.0,
            PANEL + 20.0
        );
    }
    let _ = writeln!(
        svg,
        "<line class=\"a\" x1=\"0\" y1=\"{PANEL}\" x2=\"{PANEL}\" y2=\"{PANEL}\"/>\
         <line class=\"a\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"{PANEL}\"/>\
         <line class=\"d\" x1=\"0\" y1=\"{PANEL}\" x2=\"{PANEL}\" y2=\"0\"/>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">chance that was forecast</text>\
         <text transform=\"translate(-46 {}) rotate(-90)\" text-anchor=\"middle\">how often it \
         happened</text>",
        PANEL / 2.0,
        PANEL + 42.0,
        PANEL / 2.0
    );
}

/// The smallest end of an axis, with four even steps, that is not below a share.
fn axis_end(share: f64) -> f64 {
    const ENDS: [f64; 8] = [0.01, 0.02, 0.04, 0.08, 0.2, 0.4, 0.6, 0.8];
    ENDS.into_iter().find(|&end| share <= end).unwrap_or(1.0)
}

fn percent(share: f64) -> String {
    let percent = (share * 10_000.0).round() / 100.0;
    format!("{percent}%")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Text with what SVG would take for markup written out.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        let cases = [(0.0, 0.01), (0.035, 0.04), (0.2, 0.2), (0.81, 1.0), (7.0, 1.0)];
        assert!(cases.iter().all(|&(share, end)| axis_end(share) == end));
        assert_eq!(percent(0.0025), "0.25%");
        assert_eq!(percent(0.5), "50%");
    }
}
