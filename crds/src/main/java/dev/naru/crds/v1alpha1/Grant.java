package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A role in a dataset and who has it. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "self.member.matches('^(user|group|serviceAccount|domain):[^ ]+$') || self.member in ['allUsers', 'allAuthenticatedUsers']",
    message =
        "member must say what it is, such as group:analysts@example.com, user:, serviceAccount: or domain:",
    fieldPath = ".member")
@ValidationRule(
    value =
        "self.role.startsWith('roles/') || self.role.startsWith('projects/') || self.role.startsWith('organizations/')",
    message = "role must be the full name of a role, such as roles/bigquery.dataViewer",
    fieldPath = ".role")
public record Grant(
    @JsonPropertyDescription("Role, e.g. roles/bigquery.dataViewer")
        @Required
        @Size(min = 1, max = 100) String role,
    @JsonPropertyDescription(
            "Who, e.g. group:analysts@example.com; user, serviceAccount and domain are written likewise")
        @Required
        @Size(min = 3, max = 320) String member) {}
