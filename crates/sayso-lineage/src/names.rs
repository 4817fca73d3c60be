//! The stable names of kinds: one table each, from which the written and the accepted names follow.

use sayso_core::stable_names;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A company, a university, a foundation, a site, an account that releases things.
    Organisation,
    /// A crawl of the web.
    Crawl,
    /// A collection that models are trained on or measured by.
    Dataset,
    /// A trained net.
    Model,
    /// What changes a model: LoRA, embedding, hypernetwork.
    Adapter,
    /// What people use: an app, a service, an API.
    App,
    /// A publication, for the method in it.
    Paper,
    /// One training or generation job.
    Run,
}

stable_names!(NodeKind, "kind of node", {
    Organisation => "organisation",
    Crawl => "crawl",
    Dataset => "dataset",
    Model => "model",
    Adapter => "adapter",
    App => "app",
    Paper => "paper",
    Run => "run",
});

/// How one node hangs together with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A crawl or dataset holds what was taken from there.
    CollectedFrom,
    /// Made of another: a subset, a translation, a rework.
    DerivedFrom,
    /// A model learnt from it.
    TrainedOn,
    /// A model started from another's weights.
    FineTunedFrom,
    /// Who gave it out.
    ReleasedBy,
    /// Who paid, in money or in machines.
    FundedBy,
    /// Whose it is.
    OwnedBy,
    /// Who took it up.
    UsedBy,
    /// Who took it back, for the time being.
    Withdrawn,
    /// Who ended it.
    Decommissioned,
}

stable_names!(EdgeKind, "kind of edge", {
    CollectedFrom => "collected-from",
    DerivedFrom => "derived-from",
    TrainedOn => "trained-on",
    FineTunedFrom => "fine-tuned-from",
    ReleasedBy => "released-by",
    FundedBy => "funded-by",
    OwnedBy => "owned-by",
    UsedBy => "used-by",
    Withdrawn => "withdrawn",
    Decommissioned => "decommissioned",
});

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sector {
    /// Works for profit.
    Company,
    /// A university or one of its groups.
    University,
    /// A foundation or association.
    Nonprofit,
    /// A part of a state.
    Public,
    /// A group of people, or one of them, under a name of their own.
    Community,
}

stable_names!(Sector, "sector", {
    Company => "company",
    University => "university",
    Nonprofit => "nonprofit",
    Public => "public",
    Community => "community",
});

/// What those who made it say that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatedPurpose {
    /// Research alone.
    Research,
    /// Anything that is not commercial.
    NonCommercial,
    /// Business.
    Commercial,
    /// Whatever anybody wants.
    Any,
}

stable_names!(StatedPurpose, "purpose", {
    Research => "research",
    NonCommercial => "non-commercial",
    Commercial => "commercial",
    Any => "any",
});

/// The ground in law on which something was collected, as its makers state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// An exception for research.
    ResearchException,
    /// Leave of the rightsholders.
    Permission,
    /// The licence under which the works were published.
    Licence,
}

stable_names!(Basis, "basis", {
    ResearchException => "research-exception",
    Permission => "permission",
    Licence => "licence",
});

/// How sure an edge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Those whom it concerns say so, or a document shows it.
    Fact,
    /// One side says so.
    Claim,
}

stable_names!(Standing, "standing", {
    Fact => "fact",
    Claim => "claim",
});

/// Whether a person agreed to what is called by their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consent {
    /// They agreed.
    Granted,
    /// They said no.
    Refused,
    /// Nobody is known to have asked.
    Unknown,
}

stable_names!(Consent, "consent", {
    Granted => "granted",
    Refused => "refused",
    Unknown => "unknown",
});

impl EdgeKind {
    /// Whether what something is made of lies at the edge's end. These edges cannot go in a circle.
    #[must_use]
    pub const fn is_making(self) -> bool {
        matches!(self, Self::CollectedFrom | Self::DerivedFrom | Self::TrainedOn | Self::FineTunedFrom)
    }

    /// Whether works, or what was learnt from them, went along the edge.
    #[must_use]
    pub const fn is_flow(self) -> bool {
        self.is_making() || matches!(self, Self::UsedBy)
    }

    /// Whether money did.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Self::FundedBy | Self::OwnedBy)
    }

    /// Whether it took something out of the world.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Decommissioned)
    }

    /// Whether an edge of this kind can lead from one kind of node to another.
    #[must_use]
    pub const fn can_join(self, from: NodeKind, to: NodeKind) -> bool {
        use NodeKind::{Adapter, App, Crawl, Dataset, Model, Organisation, Paper, Run};
        match self {
            Self::CollectedFrom => matches!(from, Crawl | Dataset) && !matches!(to, Paper | Run),
            Self::DerivedFrom => !matches!(from, Organisation) && !matches!(to, Organisation | Run),
            Self::TrainedOn => matches!(from, Model | Adapter | App | Run) && matches!(to, Crawl | Dataset),
            Self::FineTunedFrom => matches!(from, Model | Adapter | Run) && matches!(to, Model | Adapter),
            Self::FundedBy | Self::OwnedBy => matches!(to, Organisation),
            Self::ReleasedBy | Self::Withdrawn | Self::Decommissioned => {
                !matches!(from, Organisation) && matches!(to, Organisation)
            }
            Self::UsedBy => !matches!(from, Organisation),
        }
    }
}
