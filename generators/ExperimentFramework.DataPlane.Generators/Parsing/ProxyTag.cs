using System.Globalization;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>The arguments of <c>[ExposureLogged]</c>; null for those that are not set.</summary>
internal sealed class ProxyTag
{
    public ProxyTag(AttributeData tag)
    {
        ExperimentName = AttributeReader.Text(tag);
        foreach (var argument in tag.NamedArguments)
        {
            switch (argument.Key, argument.Value.Value)
            {
                case ("Semantics", int value):
                    Semantics = value;
                    break;
                case ("SamplingRate", double value):
                    SamplingRate = Number(value);
                    break;
                case ("FallbackToControl", bool value):
                    FallbackToControl = value;
                    break;
                case ("RecordOutcomes", bool value):
                    RecordOutcomes = value;
                    break;
                case ("AwaitAssignment", bool value):
                    AwaitAssignment = value;
                    break;
                case ("ExposeProperties", bool value):
                    ExposeProperties = value;
                    break;
            }
        }
    }

    public string? ExperimentName { get; }

    public int? Semantics { get; }

    /// <summary>Gets the sampling rate, as an expression.</summary>
    public string? SamplingRate { get; }

    public bool FallbackToControl { get; }

    public bool RecordOutcomes { get; }

    public bool AwaitAssignment { get; }

    public bool ExposeProperties { get; }

    private static string Number(double value) =>
        double.IsNaN(value) ? "double.NaN"
        : double.IsPositiveInfinity(value) ? "double.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? "double.NegativeInfinity"
        : value.ToString("R", CultureInfo.InvariantCulture) + "D";
}
