//! Every path of Goals and what can be done there: routing, the OpenAPI document and the access table come from it.

use axum::http::Method;

/// Where apps send totals.
pub(super) const SUBMISSION: &str = homeroom_wire::METRICS;

/// A path.
pub(super) struct Route {
    pub(super) path: &'static str,
    methods: &'static [(Method, Does)],
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Submit,
    ShowApp,
    Declare,
    Deliveries,
    ActiveMinutes,
    Check,
    ShowTargets,
    Recommend,
}

/// All paths.
pub(super) const ROUTES: [Route; 6] = [
    Route {
        path: SUBMISSION,
        methods: &[(Method::POST, Does::Submit)],
    },
    Route {
        path: "/goals/v1/app",
        methods: &[(Method::GET, Does::ShowApp), (Method::PUT, Does::Declare)],
    },
    Route {
        path: "/goals/v1/deliveries",
        methods: &[(Method::GET, Does::Deliveries)],
    },
    Route {
        path: "/goals/v1/check",
        methods: &[(Method::GET, Does::Check)],
    },
    Route {
        path: "/goals/v1/targets",
        methods: &[
            (Method::GET, Does::ShowTargets),
            (Method::PUT, Does::Recommend),
        ],
    },
    Route {
        path: "/goals/v1/active-minutes",
        methods: &[(Method::POST, Does::ActiveMinutes)],
    },
];

/// The route of a path.
pub(super) fn find(path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.path == path)
}

impl Route {
    /// What a method does there.
    pub(super) fn does(&self, method: &Method) -> Option<Does> {
        // As everywhere, what can be read can be asked for without its body.
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let mut methods = self.methods.iter();
        let (_, does) = methods.find(|(known, _)| known == method)?;
        Some(*does)
    }

    /// All that can be done there.
    pub(super) fn methods(&self) -> impl Iterator<Item = &'static (Method, Does)> {
        self.methods.iter()
    }
}
