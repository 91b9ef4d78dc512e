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

    /// <summary>Gets whether the object names its subject: with an id that is not always null or empty.</summary>
    public bool HasSubject => Value("SubjectId") is { } id && !IsNothing(id);

    /// <summary>Returns the object that is a value; null if it is created elsewhere.</summary>
    public static CreatedObject? Of(IOperation value) => value switch
    {
        IConversionOperation conversion => Of(conversion.Operand),
        IObjectCreationOperation { Type: not null } creation => new CreatedObject(creation),
        ILocalReferenceOperation local when LocalValue.Of(local) is { } declared => Of(declared),
        _ => null,
    };

    /// <summary>Returns the object that a call passes to a parameter; null if it passes none, or one that is created elsewhere.</summary>
    public static CreatedObject? Of(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter) is { } argument ? Of(argument.Value) : null;

    /// <summary>Returns whether a value is null or the empty string.</summary>
    public static bool IsNothing(IOperation value) =>
        value.ConstantValue is { HasValue: true, Value: null or "" }
        || value is IFieldReferenceOperation { Field: { Name: "Empty", ContainingType.SpecialType: SpecialType.System_String } };

    /// <summary>Returns whether a property is set.</summary>
    public bool Sets(string property) => _values.ContainsKey(property);

    /// <summary>Returns the value that a property is set to; null if it is not set.</summary>
    public IOperation? Value(string property) => _values.TryGetValue(property, out var value) ? value : null;

    /// <summary>Returns the constant that a property is set to; null if it is not set, or not to a constant.</summary>
    public (string Value, Location Place)? Constant(string property) =>
        Value(property) is { ConstantValue: { HasValue: true, Value: string text } } value ? (text, value.Syntax.GetLocation()) : null;
}
