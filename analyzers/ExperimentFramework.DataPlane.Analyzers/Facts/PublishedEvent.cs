using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>An event of an experiment that code makes and publishes itself.</summary>
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

    /// <summary>Where it is made.</summary>
    public Location Place { get; }

    /// <summary>The name of its type.</summary>
    public string Type { get; }

    /// <summary>The names of variants that it says, where they are constants.</summary>
    public IEnumerable<(string Value, Location Place)> Variants => VariantProperties.Select(Constant).OfType<(string, Location)>();

    /// <summary>The event that <c>IEventPublisher.PublishAsync</c> is called with; null where it is made elsewhere, or names no experiment.</summary>
    public static PublishedEvent? Of(IInvocationOperation publish) =>
        publish.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0) is { } argument && Creation(argument.Value) is { } creation
            && Types.Any(type => SymbolName.Is(creation.Type, WellKnownNames.Namespace + "." + type))
            ? new PublishedEvent(creation)
            : null;

    /// <summary>Whether it sets a property.</summary>
    public bool Sets(string property) => _values.ContainsKey(property);

    /// <summary>The text that a property is set to; null where it is not set, or not to a constant.</summary>
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
