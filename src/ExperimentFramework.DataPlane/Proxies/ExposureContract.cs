using System.ComponentModel;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>What the generator compiled in of a tagged interface. For generated code.</summary>
/// <param name="experimentName">The experiment's name.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ExposureContract(string experimentName)
{
    /// <summary>The experiment's name: the attribute's or the interface's.</summary>
    public string ExperimentName { get; } = experimentName;

    /// <summary>The attribute's semantics; null when it says none.</summary>
    public ExposureSemantics? Semantics { get; init; }

    /// <summary>The attribute's sampling rate; null when it says none.</summary>
    public double? SamplingRate { get; init; }

    /// <summary>Whether the proxy carries the code that falls back to control.</summary>
    public bool FallbackToControl { get; init; }

    /// <summary>The attributes that are declared personal; empty for none.</summary>
    public IReadOnlyList<string> PersonalAttributes { get; init; } = [];

    /// <summary>Whether the proxy carries the code that records outcomes.</summary>
    public bool RecordOutcomes { get; init; }
}
