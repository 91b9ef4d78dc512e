namespace ExperimentFramework.DataPlane;

/// <summary>
/// Data that the data plane makes itself, of names, counts and weights. Redaction leaves it as it is: an application that calls an attribute <c>reason</c> personal
/// does not mean the reasons of losses, and an analysis has to be able to read them.
/// </summary>
internal sealed class OwnData() : Dictionary<string, object?>(StringComparer.Ordinal);
