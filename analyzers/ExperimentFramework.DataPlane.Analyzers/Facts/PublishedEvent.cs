using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>An event or exposure of an experiment that code creates and passes on itself.</summary>
internal sealed class PublishedEvent
{
    private const string DecidedExposure = "DecidedExposure";

    private static readonly string[] Types = ["ExposureEvent", "OutcomeEvent", "AssignmentEvent", "AnalysisSignalEvent", DecidedExposure];

    private static readonly string[] VariantProperties = ["VariantKey", "AssignedVariantKey", "PreviousVariantKey", "NewVariantKey"];

    private readonly CreatedObject _created;

    private PublishedEvent(CreatedObject created) => _created = created;

    /// <summary>Gets where the event is created.</summary>
    public Location Place => _created.Place;

    /// <summary>Gets the name of the event's type.</summary>
    public string Type => _created.Type.Name;

    /// <summary>Gets whether it is an exposure that other code decided: its experiment need not be registered, and the case of its variant does not matter.</summary>
    public bool IsDecidedElsewhere => Type == DecidedExposure;

    /// <summary>Gets the variant keys that are set to constants.</summary>
    public IEnumerable<(string Value, Location Place)> Variants => VariantProperties.Select(Constant).OfType<(string, Location)>();

    /// <summary>
    /// Returns what is passed to <c>IEventPublisher.PublishAsync</c> or <c>IExposureRecorder.RecordAsync</c>; null if it is created elsewhere, or names no
    /// experiment.
    /// </summary>
    public static PublishedEvent? Of(IInvocationOperation publish) =>
        publish.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0) is { } argument && CreatedObject.Of(argument.Value) is { } created
            && Types.Any(type => SymbolName.Is(created.Type, WellKnownNames.Namespace + "." + type))
            ? new PublishedEvent(created)
            : null;

    /// <summary>Returns whether a call records an exposure, or may: an exposure that other code decided, or an event of exposures.</summary>
    public static bool IsExposure(IInvocationOperation publish) =>
        publish.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value is { } value
        && TypeOf(value) is { } type && (SymbolName.Is(type, KnownNames.DecidedExposure) || SymbolName.Is(type, KnownNames.ExposureEvent));

    /// <summary>Returns whether a property is set.</summary>
    public bool Sets(string property) => _created.Sets(property);

    /// <summary>Returns the constant that a property is set to; null if it is not set, or not to a constant.</summary>
    public (string Value, Location Place)? Constant(string property) => _created.Constant(property);

    private static ITypeSymbol? TypeOf(IOperation value) => value is IConversionOperation conversion ? TypeOf(conversion.Operand) : value.Type;
}
