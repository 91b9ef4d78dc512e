namespace ExperimentFramework.DataPlane;

/// <summary>
/// Data that the data plane itself creates from names, counts and weights. Redaction does not change it: an application that declares an attribute <c>reason</c> personal
/// does not mean the reasons of losses, which an analysis must be able to read.
/// </summary>
internal sealed class OwnData() : Dictionary<string, object?>(StringComparer.Ordinal);
