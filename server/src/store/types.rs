use sightline_protocol::{
    InviteId, ParticipantId, Role, SessionId, SessionInfo, SessionPhase, SurfaceKind, TenantId,
    UserId,
};

/// SHA-256, plain or keyed, of a secret.
pub type Hash = [u8; 32];

/// What an account may do in its company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountRole {
    /// Everything.
    Admin,
    /// Holds sessions.
    Agent,
}

/// A person who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub id: UserId,
    /// Of which company.
    pub tenant: TenantId,
    /// Name of the company.
    pub company_name: String,
    /// Name to show to customers.
    pub name: String,
    /// Address, in lower case.
    pub email: String,
    /// What it may do.
    pub role: AccountRole,
}

/// The company and account that a server starts with.
#[derive(Debug, Clone)]
pub struct FirstAccount {
    /// Id of the company, when it has to be made.
    pub tenant: TenantId,
    /// Id of the account, when it has to be made.
    pub account: UserId,
    /// Name of the company, when given.
    pub company_name: Option<String>,
    /// Name of the account, when given.
    pub agent_name: Option<String>,
    /// The time.
    pub now_ms: i64,
}

/// An account to add.
#[derive(Clone)]
pub struct NewAccount {
    /// Who.
    pub id: UserId,
    /// Address, in lower case.
    pub email: String,
    /// Name to show to customers.
    pub name: String,
    /// Hash of the password, in PHC string format.
    pub password_hash: String,
    /// The time.
    pub now_ms: i64,
}

/// A session as the lists need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub tenant: TenantId,
    /// Name of the company; not written, read from the company.
    pub company_name: String,
    /// Who or why.
    pub title: String,
    /// Name of the agent who made it.
    pub agent_name: String,
    /// Who made it.
    pub created_by: UserId,
    /// When, in milliseconds since 1970.
    pub created_ms: i64,
    /// Where it stands.
    pub phase: SessionPhase,
}

impl StoredSession {
    /// As people see it.
    pub fn info(&self, now_ms: i64) -> SessionInfo {
        SessionInfo {
            id: self.id.clone(),
            title: self.title.clone(),
            phase: self.phase,
            created_at: crate::clock::rfc3339(self.created_ms),
            age_ms: crate::clock::age_ms(self.created_ms, now_ms),
            agent_name: self.agent_name.clone(),
            company_name: self.company_name.clone(),
        }
    }
}

/// An invitation to add.
#[derive(Clone)]
pub struct NewInvite {
    /// Which.
    pub id: InviteId,
    /// Whose.
    pub tenant: TenantId,
    /// Into which session.
    pub session: SessionId,
    /// As what.
    pub role: Role,
    /// What the customer will be asked to share first.
    pub surface: Option<SurfaceKind>,
    /// Hash of the link's ticket.
    pub ticket: Hash,
    /// Keyed hash of the six digits, when it has a code.
    pub code: Option<Hash>,
    /// The participant who gets a second device by it.
    pub same_as: Option<ParticipantId>,
    /// When both stop working.
    pub expires_ms: i64,
}

/// A code to use up.
#[derive(Clone, Copy)]
pub struct RedeemCode<'a> {
    /// Keyed hash of the code.
    pub code: Hash,
    /// Hash of the ticket that it turns into.
    pub ticket: Hash,
    /// When that ticket stops working.
    pub ticket_expires_ms: i64,
    /// Web host on which the code was typed.
    pub host: &'a str,
    /// The time.
    pub now_ms: i64,
}

/// What an invitation offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteOffer {
    /// Which.
    pub id: InviteId,
    /// Whose.
    pub tenant: TenantId,
    /// Into which session.
    pub session: SessionId,
    /// As what.
    pub role: Role,
    /// What the customer is asked to share first.
    pub surface: Option<SurfaceKind>,
    /// The participant who gets a second device by it.
    pub same_as: Option<ParticipantId>,
    /// Name of the company.
    pub company_name: String,
    /// Name of the agent.
    pub agent_name: String,
}
