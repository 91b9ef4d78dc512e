namespace ExperimentFramework.DataPlane;

/// <summary>Which variant a call was assigned and why: immutable and shared by all calls that were answered alike.</summary>
internal sealed record Decision(Variant Variant, string Reason, string? RulePath, AssignmentPolicy Policy, string? AllocationVersion);
