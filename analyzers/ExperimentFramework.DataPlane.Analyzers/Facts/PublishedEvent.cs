using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>An event of an experiment that code creates and publishes itself.</summary>
internal sealed class PublishedEvent
{
    private static readonly string[] Types = ["ExposureEvent", "OutcomeEvent", "AssignmentEvent", "AnalysisSignalEvent"];

    private static readonly string[] VariantProperties = ["VariantKey", "AssignedVariantKey", "PreviousVariantKey", "NewVariantKey"];

    private readonly Dictionary<string, IOperation> _values;

    private PublishedEvent(IObjectCreationOperation creation)
    {
        Place = creation.Syntax.GetLocation();
        Type = creation.Type!.Name;
        _values = (creation.Initializer?.Initializers ?? [])
            .OfType<ISimpleAssignmentOperation>()
            .Where(assignment => assignment.Target is IPropertyReferenceOperation)
            .GroupBy(assignment => ((IPropertyReferenceOperation)assignment.Target).Property.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);
    }

    /// <summary>Gets where the event is created.</summary>
    public Location Place { get; }

    /// <summary>Gets the name of the event's type.</summary>
    public string Type { get; }

    /// <summary>Gets the variant keys that are set to constants.</summary>
    public IEnumerable<(string Value, Location Place)> Variants => VariantProperties.Select(Constant).OfType<(string, Location)>();

    /// <summary>Returns the event that is passed to <c>IEventPublisher.PublishAsync</c>; null if it is created elsewhere, or names no experiment.</summary>
    public static PublishedEvent? Of(IInvocationOperation publish) =>
        publish.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0) is { } argument && Creation(argument.Value) is { } creation
            && Types.Any(type => SymbolName.Is(creation.Type, WellKnownNames.Namespace + "." + type))
            ? new PublishedEvent(creation)
            : null;

    /// <summary>Returns whether a property is set.</summary>
    public bool Sets(string property) => _values.ContainsKey(property);

    /// <summary>Returns the constant that a property is set to; null if it is not set, or not to a constant.</summary>
    public (string Value, Location Place)? Constant(string property) =>
        _values.TryGetValue(property, out var value) && value.ConstantValue is { HasValue: true, Value: string text } ? (text, value.Syntax.GetLocation()) : null;

    private static IObjectCreationOperation? Creation(IOperation value) => value switch
    {
        IConversionOperation conversion => Creation(conversion.Operand),
        IObjectCreationOperation creation => creation,
        ILocalReferenceOperation local when LocalValue.Of(local) is { } declared => Creation(declared),
        _ => null,
    };
}
