using System.ComponentModel;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>The settings of a tagged interface that the generator compiled into its proxy. For generated code.</summary>
/// <param name="experimentName">The experiment's name.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ExposureContract(string experimentName)
{
    /// <summary>Gets the experiment's name: the one given in the attribute, else the interface's name.</summary>
    public string ExperimentName { get; } = experimentName;

    /// <summary>Gets the attribute's semantics; null if it sets none.</summary>
    public ExposureSemantics? Semantics { get; init; }

    /// <summary>Gets the attribute's sampling rate, from 0 to 1; null if it sets none.</summary>
    public double? SamplingRate { get; init; }

    /// <summary>Gets whether the proxy contains the code that falls back to control.</summary>
    public bool FallbackToControl { get; init; }

    /// <summary>Gets the names of the exposure attributes that are declared personal; empty if there are none.</summary>
    public IReadOnlyList<string> PersonalAttributes { get; init; } = [];

    /// <summary>Gets whether the proxy contains the code that records outcomes.</summary>
    public bool RecordOutcomes { get; init; }
}
