//! Whom one can pay and how: FUNDING.yml, funding.json, links.
