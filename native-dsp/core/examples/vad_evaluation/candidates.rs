//! The detectors that are compared.

use remotemedia_core::catalogue;
use remotemedia_core::detector::{self, Detector, Report, SpeechModel};
use remotemedia_core::format::Format;
use remotemedia_core::node::Node;
use remotemedia_core::params::{ParamValue, Params};
use remotemedia_core::spec::{NodeSpec, Role};

/// A detector in one setting.
pub struct Candidate {
    pub name: &'static str,
    pub normalises: bool,
    pub make: Box<dyn Fn() -> Box<dyn Node>>,
}

/// The detectors of the catalogue and Earshot, each with and without the normaliser where there is a choice.
pub fn all() -> Vec<Candidate> {
    let is_detector = |spec: &&NodeSpec| {
        spec.role == Role::Analyser && detector::EVENTS.iter().all(|e| spec.events.contains(e))
    };
    let mut all = Vec::new();
    for spec in catalogue::all().iter().copied().filter(is_detector) {
        let can_normalise = spec
            .params
            .iter()
            .any(|param| param.name == "normalise_level");
        for normalises in [false, true]
            .into_iter()
            .filter(|yes| !yes || can_normalise)
        {
            all.push(Candidate {
                name: spec.node_type,
                normalises,
                make: Box::new(move || {
                    let mut params = Params::defaults(spec.params);
                    if can_normalise {
                        params.set("normalise_level", ParamValue::Flag(normalises));
                    }
                    let build = spec.build.audio().expect("a detector hears audio");
                    build(&params, Format::VOICE).expect("defaults fit").node
                }),
            });
        }
    }
    all.extend([false, true].map(|normalises| Candidate {
        name: "Earshot",
        normalises,
        make: Box::new(move || {
            let silero = catalogue::find("SileroVADNode").expect("it is in the catalogue");
            let params = Params::defaults(silero.params);
            let (on, off) = detector::thresholds(&params).expect("defaults fit");
            let rules = detector::rules(&params, on, off).expect("defaults fit");
            let report = Report {
                prefix_padding_ms: 0.0,
                emit_probability: true,
                speculation_lookback: None,
            };
            let model = Earshot(earshot::Detector::default_boxed());
            Box::new(Detector::new(model, rules, normalises, report))
        }),
    }));
    all
}

/// <https://github.com/pykeio/earshot>: 16 ms windows, 40 kB of weights.
struct Earshot(Box<earshot::Detector>);

impl SpeechModel for Earshot {
    fn window_samples(&self) -> usize {
        256
    }

    fn probability(&mut self, window: &[f32], _: f32) -> f32 {
        self.0.predict_f32(window)
    }

    fn interrupt(&mut self) {
        self.0.reset();
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}
