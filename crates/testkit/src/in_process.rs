//! A server in the process of the test, as the client's transport.

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use homeroom_client::{Answer, Ask, Broken, Content, Transport};

/// A router as a transport: no socket, no port, nothing to wait for.
pub struct InProcess(Router);

impl InProcess {
    /// The address it answers at.
    pub const BASE: &str = "https://api.example.org";

    /// This router, whatever layers lie over it.
    pub fn new(router: Router) -> Self {
        Self(router)
    }
}

impl InProcess {
    async fn answered(
        &self,
        method: Method,
        ask: Ask,
        content: Option<Content>,
    ) -> Result<Answer, Broken> {
        let target = ask.url.strip_prefix(Self::BASE).expect("its own address");
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header(header::AUTHORIZATION, ask.authorization);
        let mut body = Body::empty();
        if let Some(content) = content {
            request = request
                .header(header::CONTENT_TYPE, content.kind)
                .header(header::CONTENT_LENGTH, content.body.len());
            body = Body::from(content.body);
        }
        let request = request.body(body).unwrap();
        let answered = tower::ServiceExt::oneshot(self.0.clone(), request).await;
        let (head, body) = answered.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.map_err(|_| Broken::Cut)?;
        if body.len() > ask.most_bytes {
            return Err(Broken::TooLarge);
        }
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        })
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn get(&self, ask: Ask) -> Result<Answer, Broken> {
        self.answered(Method::GET, ask, None).await
    }

    async fn post(&self, ask: Ask, content: Content) -> Result<Answer, Broken> {
        self.answered(Method::POST, ask, Some(content)).await
    }
}
