/**
 * The API: custom resources of group {@code naru.dev}, version {@code v1alpha1}. The CRDs under
 * {@code crds/crds/} are generated from these types. Every field may be absent or hold a value that
 * a newer version wrote: lists and maps are never null, everything else is null when absent, an
 * unknown enum value reads as {@code UNKNOWN}.
 */
package dev.naru.crds.v1alpha1;
