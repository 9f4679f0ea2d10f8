//! The service's own SCIM description (RFC 7643, sections 5 to 7).

use domain::scim::USER;
use serde_json::{Value, json};

use crate::scim::users::MOST_USERS;

/// Builds `/ServiceProviderConfig`.
pub(crate) fn service() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MOST_USERS },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "The token that the photographer made for this district.",
            "primary": true,
        }],
    })
}

/// Builds `/ResourceTypes`: users, and no groups. A role comes from a school's invitation.
pub(crate) fn resource_types() -> Value {
    list(&json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "Somebody of the district's staff",
        "schema": USER,
        "meta": { "resourceType": "ResourceType" },
    }))
}

/// Builds `/Schemas`: the attributes that we use. Other attributes are ignored.
pub(crate) fn schemas() -> Value {
    let attribute =
        |name: &str, kind: &str, is_required: bool, uniqueness: &str, is_exact: bool| {
            json!({
                "name": name,
                "type": kind,
                "multiValued": false,
                "required": is_required,
                "caseExact": is_exact,
                "mutability": "readWrite",
                "returned": "default",
                "uniqueness": uniqueness,
            })
        };
    list(&json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": USER,
        "name": "User",
        "description": "Somebody of the district's staff",
        "attributes": [
            attribute("userName", "string", true, "server", false),
            attribute("active", "boolean", false, "none", false),
        ],
        "meta": { "resourceType": "Schema" },
    }))
}

fn list(one: &Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 1,
        "startIndex": 1,
        "itemsPerPage": 1,
        "Resources": [one],
    })
}
