using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>An object that code creates with an initializer.</summary>
internal sealed class CreatedObject
{
    private readonly Dictionary<string, IOperation> _values;

    private CreatedObject(IObjectCreationOperation creation)
    {
        Type = creation.Type!;
        Place = creation.Syntax.GetLocation();
        _values = (creation.Initializer?.Initializers ?? [])
            .OfType<ISimpleAssignmentOperation>()
            .Where(assignment => assignment.Target is IPropertyReferenceOperation)
            .GroupBy(assignment => ((IPropertyReferenceOperation)assignment.Target).Property.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);
    }

    /// <summary>Gets the type of the object.</summary>
    public ITypeSymbol Type { get; }

    /// <summary>Gets where the object is created.</summary>
    public Location Place { get; }

    /// <summary>Returns the object that is a value; null if it is created elsewhere.</summary>
    public static CreatedObject? Of(IOperation value) => value switch
    {
        IConversionOperation conversion => Of(conversion.Operand),
        IObjectCreationOperation { Type: not null } creation => new CreatedObject(creation),
        ILocalReferenceOperation local when LocalValue.Of(local) is { } declared => Of(declared),
        _ => null,
    };

    /// <summary>Returns whether a property is set.</summary>
    public bool Sets(string property) => _values.ContainsKey(property);

    /// <summary>Returns the constant that a property is set to; null if it is not set, or not to a constant.</summary>
    public (string Value, Location Place)? Constant(string property) =>
        _values.TryGetValue(property, out var value) && value.ConstantValue is { HasValue: true, Value: string text } ? (text, value.Syntax.GetLocation()) : null;
}
