//! Who may do what where: one function decides, every verb asks it. Knows roles, products and deputies; no session, no page.

use super::{codes::codes, identity::StaffId, sign_in::Proof, time::Instant};

codes! {
    /// What a member of staff is there for; a person may have several roles.
    Role {
        Officer "officer" "Grievance officer",
        Lead "lead" "Data protection lead",
        Agent "agent" "Agent",
        Responder "responder" "Restricted responder",
        Auditor "auditor" "Auditor",
        Engineer "engineer" "Engineer",
        Admin "admin" "Administrator",
    }
}

codes! {
    /// Something that needs a right.
    Act {
        SeeCases "see_cases" "See cases outside the wall, with their clocks, mail and files",
        WorkCases "work_cases" "Change a case outside the wall",
        SeeRestricted "see_restricted" "See what stands behind the restricted wall, and change it with the right to change cases",
        SeeRuns "see_runs" "See runs: tables, counts, errors",
        ApproveRuns "approve_runs" "Approve or send back what somebody else asked for",
        SeeSecretHolds "see_secret_holds" "See, place and release holds that nobody else may learn of",
        SeeMail "see_mail" "Read mail that became no case, and mail that left",
        SeeMailboxes "see_mailboxes" "See whether mailboxes are read, without any mail",
        SeePolicies "see_policies" "Read the products’ policies, and how long this console keeps what",
        PauseRetention "pause_retention" "Pause the destruction of what is over, and let it go on",
        SeeAudit "see_audit" "Look through the audit log, and export it",
        SeeRights "see_rights" "See which role may do what",
        ManagePeople "manage_people" "Invite people, give and take roles, end sessions",
    }
}

impl Role {
    /// True where the role is there for `act`.
    #[must_use]
    pub const fn allows(self, act: Act) -> bool {
        use Role::{Admin, Agent, Auditor, Engineer, Lead, Officer, Responder};
        match act {
            Act::SeePolicies => true,
            Act::SeeCases | Act::SeeMail => matches!(self, Officer | Lead | Agent | Responder | Auditor),
            Act::WorkCases => matches!(self, Officer | Lead | Agent | Responder),
            Act::SeeRuns => matches!(self, Officer | Lead | Agent | Responder | Auditor | Engineer),
            Act::ApproveRuns => matches!(self, Officer | Lead),
            Act::SeeSecretHolds => matches!(self, Responder | Lead),
            Act::PauseRetention => matches!(self, Lead),
            Act::SeeRestricted => matches!(self, Responder),
            Act::SeeMailboxes => !matches!(self, Engineer),
            Act::SeeAudit => matches!(self, Lead | Auditor),
            Act::SeeRights => matches!(self, Admin | Lead | Auditor),
            Act::ManagePeople => matches!(self, Admin),
        }
    }

    /// True where the role is about the whole house, so that it is never given for one product.
    #[must_use]
    pub const fn is_of_the_house(self) -> bool {
        matches!(self, Self::Admin)
    }
}

/// A role that somebody has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// For which product; none for all of them.
    pub product: Option<String>,
    /// Until before when; none where it has no end.
    pub until: Option<Instant>,
    /// Whose role it is, where somebody stands in for a colleague who is away: the account that has it, then every other
    /// one of that person. Empty for one's own role.
    pub lent_by: Vec<StaffId>,
}

impl Grant {
    /// A role for all products, without an end.
    #[must_use]
    pub const fn everywhere(role: Role) -> Self {
        Self { role, product: None, until: None, lent_by: Vec::new() }
    }

    /// A role for one product, without an end.
    #[must_use]
    pub fn of(role: Role, product: &str) -> Self {
        Self { product: Some(product.to_owned()), ..Self::everywhere(role) }
    }

    /// Whose role it is, where it is a colleague's.
    #[must_use]
    pub fn instead_of(&self) -> Option<StaffId> {
        self.lent_by.first().copied()
    }

    fn covers(&self, place: Place<'_>) -> bool {
        match (place, &self.product) {
            (Place::Somewhere, _) | (_, None) => true,
            (Place::Product(asked) | Place::Behind(asked), Some(product)) => asked == product,
            (Place::Everywhere, Some(_)) => false,
        }
    }
}

impl From<Role> for Grant {
    fn from(role: Role) -> Self {
        Self::everywhere(role)
    }
}

/// Where something is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// In at least one product: for pages that show of each product what may be seen of it.
    Somewhere,
    /// In every product: for what belongs to none.
    Everywhere,
    /// In this product.
    Product(&'a str),
    /// Behind the restricted wall of this product, where whatever is done needs its circle too.
    Behind(&'a str),
}

impl<'a> Place<'a> {
    /// Where a thing of a product is done, which may be restricted.
    #[must_use]
    pub const fn of(product: &'a str, restricted: bool) -> Self {
        if restricted { Self::Behind(product) } else { Self::Product(product) }
    }
}

impl<'a> From<&'a str> for Place<'a> {
    fn from(product: &'a str) -> Self {
        Self::Product(product)
    }
}

impl<'a> From<&'a String> for Place<'a> {
    fn from(product: &'a String) -> Self {
        Self::Product(product)
    }
}

/// In which products somebody may do something: the form in which lists ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// In every product, those that come later too.
    Everywhere,
    /// In these, by their ids; in none where there are none.
    Only(Vec<String>),
}

impl Default for Reach {
    /// Nowhere.
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

impl Reach {
    /// True where it reaches this product.
    #[must_use]
    pub fn holds(&self, product: &str) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Only(products) => products.iter().any(|one| one == product),
        }
    }
}

/// Of which products somebody sees cases, and of which those behind the wall too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// Where they see what is not restricted.
    pub seen: Reach,
    /// Where they belong to the circle.
    pub circle: Reach,
}

impl Sight {
    /// Everything: for whoever has the database anyway.
    pub const WHOLE: Self = Self { seen: Reach::Everywhere, circle: Reach::Everywhere };
}

/// Who did something, and for whom where somebody was away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doer {
    /// The member of staff; none where it was nobody who works here.
    pub staff: Option<StaffId>,
    /// Whose right it was, where it was not their own.
    pub instead_of: Option<StaffId>,
}

impl From<Option<StaffId>> for Doer {
    fn from(staff: Option<StaffId>) -> Self {
        Self { staff, instead_of: None }
    }
}

/// The member of staff on whose behalf something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The row in `staff`.
    pub id: StaffId,
    /// As shown on screens and in mail.
    pub name: String,
    /// What they may do now; empty means nothing.
    pub grants: Vec<Grant>,
    /// Every account of the same person; may be empty where there is no other one.
    pub logins: Vec<StaffId>,
    /// Whether they have proved who they are a short while ago: for what cannot be taken back.
    pub proof: Proof,
}

impl Actor {
    /// Somebody with these roles for all products.
    #[must_use]
    pub fn with_roles(id: StaffId, name: &str, roles: &[Role], proof: Proof) -> Self {
        let grants = roles.iter().copied().map(Grant::everywhere).collect();
        Self { id, name: name.to_owned(), grants, logins: Vec::new(), proof }
    }

    /// The actor as the one who may do `act` at `place`, with the colleague whose right it is: by their own right before one
    /// that they have for somebody, and by none that comes from `asked`. This alone decides about rights.
    fn entitled(&self, act: Act, place: Place<'_>, asked: Option<StaffId>) -> Option<Doer> {
        let lender = |act: Act, rather: Option<StaffId>| {
            let is_free = |grant: &&Grant| asked.is_none_or(|asked| !grant.lent_by.contains(&asked));
            let fits = self.grants.iter().filter(|grant| grant.role.allows(act) && grant.covers(place));
            fits.filter(is_free).map(Grant::instead_of).min_by_key(|of| (of.is_some(), *of != rather))
        };
        let circle = if matches!(place, Place::Behind(_)) { lender(Act::SeeRestricted, None)? } else { None };
        let instead_of = lender(act, circle)?.or(circle);
        Some(Doer { staff: Some(self.id), instead_of })
    }

    /// True when the actor may do `act` at `place`: a product's id, or a [`Place`].
    #[must_use]
    pub fn may<'a>(&self, act: Act, place: impl Into<Place<'a>>) -> bool {
        self.entitled(act, place.into(), None).is_some()
    }

    /// True when the actor may do `act` in a case of `product`; a restricted one is its circle's alone.
    #[must_use]
    pub fn may_in_case(&self, act: Act, product: &str, restricted: bool) -> bool {
        self.may(act, Place::of(product, restricted))
    }

    /// The actor as the one who does `act` at `place`, with the colleague whose right it is where it is not their own.
    #[must_use]
    pub fn doing<'a>(&self, act: Act, place: impl Into<Place<'a>>) -> Doer {
        self.entitled(act, place.into(), None).unwrap_or_else(|| Some(self.id).into())
    }

    /// The actor as the second person, who does `act` at `place` about what `asked` wants: somebody else, by no login the
    /// same, and by a right that does not come from them. None where the actor is not that.
    #[must_use]
    pub fn second<'a>(&self, asked: StaffId, act: Act, place: impl Into<Place<'a>>) -> Option<Doer> {
        if self.is(asked) { None } else { self.entitled(act, place.into(), Some(asked)) }
    }

    /// In which products the actor may do `act`.
    #[must_use]
    pub fn reach(&self, act: Act) -> Reach {
        if self.may(act, Place::Everywhere) {
            return Reach::Everywhere;
        }
        let of = |grant: &Grant| grant.product.clone().filter(|_| grant.role.allows(act));
        let mut products: Vec<_> = self.grants.iter().filter_map(of).collect();
        products.sort();
        products.dedup();
        Reach::Only(products)
    }

    /// Which cases lists may show to the actor, who needs `act` for it.
    #[must_use]
    pub fn sight(&self, act: Act) -> Sight {
        Sight { seen: self.reach(act), circle: self.reach(Act::SeeRestricted) }
    }

    /// True where the actor has this role in a product, or stands in for somebody who has.
    #[must_use]
    pub fn has(&self, role: Role, product: &str) -> bool {
        self.grants.iter().any(|grant| grant.role == role && grant.covers(Place::Product(product)))
    }

    /// True where this is an account of the same person.
    #[must_use]
    pub fn is(&self, account: StaffId) -> bool {
        self.id == account || self.logins.contains(&account)
    }

    /// The role named beside the person's name: of their own before one that they have for a colleague.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let has =
            |role: &&Role, own: bool| self.grants.iter().any(|g| g.role == **role && (g.lent_by.is_empty() || !own));
        let role = Role::ALL.iter().find(|role| has(role, true));
        role.or_else(|| Role::ALL.iter().find(|role| has(role, false))).map_or("No role", |role| role.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: bool = true;
    const O: bool = false;

    /// Every act against every role, in the order of `Role::ALL`.
    const TABLE: [(Act, [bool; 7]); 13] = [
        //                    officer lead agent responder auditor engineer admin
        (Act::SeeCases, [X, X, X, X, X, O, O]),
        (Act::WorkCases, [X, X, X, X, O, O, O]),
        (Act::SeeRestricted, [O, O, O, X, O, O, O]),
        (Act::SeeRuns, [X, X, X, X, X, X, O]),
        (Act::ApproveRuns, [X, X, O, O, O, O, O]),
        (Act::SeeSecretHolds, [O, X, O, X, O, O, O]),
        (Act::SeeMail, [X, X, X, X, X, O, O]),
        (Act::SeeMailboxes, [X, X, X, X, X, O, X]),
        (Act::SeePolicies, [X, X, X, X, X, X, X]),
        (Act::PauseRetention, [O, X, O, O, O, O, O]),
        (Act::SeeAudit, [O, X, O, O, X, O, O]),
        (Act::SeeRights, [O, X, O, O, X, O, X]),
        (Act::ManagePeople, [O, O, O, O, O, O, X]),
    ];

    fn actor(grants: &[Grant]) -> Actor {
        Actor { grants: grants.to_vec(), ..Actor::with_roles(StaffId(1), "A", &[], Proof::Stale) }
    }

    #[test]
    fn s15_every_role_may_do_what_the_table_says_and_nothing_else() {
        assert_eq!(TABLE.map(|(act, _)| act).as_slice(), Act::ALL, "an act without a row");
        for (act, row) in TABLE {
            for (role, expected) in Role::ALL.iter().zip(row) {
                for place in [Place::Somewhere, Place::Everywhere, Place::Product("a")] {
                    let may = actor(&[Grant::everywhere(*role)]).may(act, place);
                    assert_eq!(may, expected, "{} {act:?} {place:?}", role.code());
                }
            }
            assert!(!actor(&[]).may(act, Place::Somewhere), "{act:?} without a role");
        }
    }

    #[test]
    fn s16_a_role_for_a_product_is_worth_nothing_in_another() {
        let one = actor(&[Grant::of(Role::Agent, "a"), Grant::of(Role::Lead, "b")]);
        assert!(one.may(Act::WorkCases, "a") && one.may(Act::WorkCases, Place::Somewhere));
        assert!(!one.may(Act::WorkCases, "c") && !one.may(Act::WorkCases, Place::Everywhere));
        assert!(one.may(Act::ApproveRuns, "b") && !one.may(Act::ApproveRuns, "a"));
        assert_eq!(one.reach(Act::SeeCases), Reach::Only(vec!["a".into(), "b".into()]));
        assert_eq!(one.reach(Act::ApproveRuns), Reach::Only(vec!["b".into()]));
        assert_eq!(one.reach(Act::SeeRestricted), Reach::default());
        assert_eq!(actor(&[Grant::everywhere(Role::Agent)]).reach(Act::SeeCases), Reach::Everywhere);
        assert!(!one.reach(Act::SeeCases).holds("c") && Reach::Everywhere.holds("c"));
    }

    #[test]
    fn s16_the_circle_of_one_product_does_not_see_behind_the_wall_of_another() {
        let one = actor(&[Grant::everywhere(Role::Agent), Grant::of(Role::Responder, "a")]);
        assert!(one.may_in_case(Act::SeeCases, "a", true) && one.may_in_case(Act::WorkCases, "b", false));
        assert!(!one.may_in_case(Act::SeeCases, "b", true));
    }

    fn lent(by: i64, grant: Grant) -> Grant {
        Grant { lent_by: vec![StaffId(by), StaffId(by + 100)], ..grant }
    }

    #[test]
    fn a_deputy_acts_with_both_names_and_only_where_the_own_right_does_not_reach() {
        let one = actor(&[lent(7, Grant::of(Role::Officer, "b")), Grant::of(Role::Agent, "b")]);
        assert_eq!(one.doing(Act::WorkCases, "b").instead_of, None);
        assert_eq!(one.doing(Act::ApproveRuns, "b").instead_of, Some(StaffId(7)));
        assert_eq!((one.title(), one.has(Role::Officer, "b")), ("Agent", true));
    }

    #[test]
    fn behind_the_wall_the_one_is_named_whose_circle_it_is() {
        let behind = Place::Behind("b");
        let one = actor(&[Grant::of(Role::Agent, "b"), lent(7, Grant::of(Role::Responder, "b"))]);
        assert_eq!(one.doing(Act::WorkCases, behind).instead_of, Some(StaffId(7)));
        assert_eq!(one.doing(Act::WorkCases, Place::of("b", false)).instead_of, None);
        assert!(!actor(&[Grant::of(Role::Agent, "b")]).may(Act::WorkCases, behind));
        // of two colleagues the one whose right covers the whole
        let one = actor(&[lent(8, Grant::of(Role::Agent, "b")), lent(7, Grant::of(Role::Responder, "b"))]);
        assert_eq!(one.doing(Act::WorkCases, behind).instead_of, Some(StaffId(7)));
    }

    #[test]
    fn s18_nobody_decides_about_what_they_asked_for_themselves() {
        let second = |one: &Actor, asked| one.second(StaffId(asked), Act::ApproveRuns, "a").map(|by| by.instead_of);
        let lead = Actor { logins: vec![StaffId(1), StaffId(4)], ..actor(&[Grant::everywhere(Role::Lead)]) };
        assert_eq!(second(&lead, 2), Some(None));
        assert_eq!((second(&lead, 1), second(&lead, 4)), (None, None), "by any login of the same person");
        assert_eq!(second(&actor(&[Grant::of(Role::Lead, "b")]), 2), None, "in another product");
        let of_two = lent(2, Grant::everywhere(Role::Lead));
        let deputy = actor(std::slice::from_ref(&of_two));
        assert_eq!((second(&deputy, 2), second(&deputy, 102)), (None, None), "by the right of the one who asked");
        assert_eq!(second(&deputy, 3), Some(Some(StaffId(2))));
        // of several colleagues the log names the one whose right it was
        let of_both = actor(&[of_two, lent(3, Grant::everywhere(Role::Lead))]);
        assert_eq!(second(&of_both, 2), Some(Some(StaffId(3))));
        // every right that it takes has to be somebody else's
        let circle = actor(&[Grant::everywhere(Role::Lead), lent(2, Grant::everywhere(Role::Responder))]);
        assert!(circle.may(Act::ApproveRuns, Place::Behind("a")));
        assert_eq!(circle.second(StaffId(2), Act::ApproveRuns, Place::Behind("a")), None);
    }
}
