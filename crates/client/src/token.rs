//! Finding a district's token again, once it was replaced (clever-api 7.5, integration-side A1.1 and C8).

use serde::Deserialize;

use crate::cancel::Run;
use crate::error::Fault;
use crate::fetch::says_json;
use crate::secret::Secret;
use crate::source::Inner;
use crate::transport::Answer;

#[derive(Deserialize)]
struct Tokens {
    data: Vec<Token>,
}

#[derive(Deserialize)]
struct Token {
    owner: Owner,
    access_token: String,
}

#[derive(Deserialize)]
struct Owner {
    id: String,
}

impl Inner {
    /// Looks for a token in the place of one that was refused; the number of requests is told. A token that somebody else found
    /// meanwhile will do.
    pub(crate) async fn find_token(&self, run: &Run, refused: &Secret) -> Result<u64, Fault> {
        let _finding = run.unless_stopped(self.finding.lock()).await?;
        if self.token() != *refused {
            return Ok(0);
        }
        let Some(credentials) = &self.credentials else {
            return Err(Fault::TokenRefused);
        };
        let district = self.district.to_hex();
        let path = format!("/oauth/tokens?owner_type=district&district={district}");
        let url = self.oauth.url(&self.oauth.target(&path));
        let (answer, asked) = self.answered(run, &url, credentials.basic()).await?;
        let is_list = |answer: &Answer| answer.status == 200 && says_json(&answer.headers).is_ok();
        let answer = answer.filter(is_list).ok_or(Fault::TokenRefused)?;
        let tokens: Tokens =
            serde_json::from_slice(&answer.body).map_err(|_| Fault::TokenRefused)?;
        // Servers older than the parameter list every district.
        let mut tokens = tokens.data.into_iter();
        let own = tokens.find(|token| token.owner.id.eq_ignore_ascii_case(&district));
        let found = own.map(|token| Secret::new(token.access_token));
        match found.filter(|found| found != refused) {
            Some(found) => {
                self.replace_token(found);
                Ok(asked)
            }
            None => Err(Fault::TokenRefused),
        }
    }
}
