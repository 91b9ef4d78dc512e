using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Whether generated code can name a type, and means that type when it does. A project may not know the type at all, where a reference of a
/// reference is missing, or may know several of its name.
/// </summary>
/// <param name="within">From where the type is seen: a proxy that is nested sees what the interface sees.</param>
/// <param name="compilation">Where the code will be compiled.</param>
internal sealed class TypeNaming(ISymbol within, Compilation compilation)
{
    // Many members name the same types, and asking the compilation goes through all of its references.
    private readonly Dictionary<ITypeSymbol, INamedTypeSymbol?> _unnameable = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, string?> _faults = new(SymbolEqualityComparer.Default);
    private readonly GlobalNames _global = new(compilation);

    /// <summary>The first type that generated code cannot name among those that a type's name is made of; null for none.</summary>
    public INamedTypeSymbol? FirstUnnameable(ITypeSymbol? type) =>
        type is null || type.SpecialType is SpecialType.System_Void or SpecialType.System_Int32 or SpecialType.System_String ? null
        : _unnameable.TryGetValue(type, out var known) ? known
        : _unnameable[type] = SignatureTypes.FirstNamed(type, named => FaultOf(named) is not null);

    /// <summary>Why generated code cannot name a type, whatever its type arguments are, as the end of a sentence; null where it can.</summary>
    public string? FaultOf(INamedTypeSymbol type)
    {
        // A tuple is written by its elements.
        var definition = type.OriginalDefinition;
        return type.IsTupleType ? null : _faults.TryGetValue(definition, out var known) ? known : _faults[definition] = Find(definition);
    }

    /// <summary>Why the name of a type of references does not mean it, as the end of a sentence; null where it does.</summary>
    public string? FaultOf(GlobalName name) => _global.FaultOf(name);

    private string? Find(INamedTypeSymbol definition)
    {
        if (MissingTypes.ToName(definition) is { } missing)
        {
            return MissingTypes.Describe(missing);
        }

        if (definition.SpecialType == SpecialType.System_Nullable_T || TypeKeyword.Of(definition.SpecialType) is not null)
        {
            return null;
        }

        if (definition.HasUnsupportedMetadata)
        {
            return $"it names '{definition.Name}', which holds something that C# does not support";
        }

        if (definition.IsFileLocal)
        {
            return $"it names '{definition.Name}', which is local to its file";
        }

        if (!TypeAccessibility.IsPublic(definition) && !compilation.IsSymbolAccessibleWithin(definition, within))
        {
            return $"it names '{definition.Name}', which cannot be named here, because it is not accessible";
        }

        if (!TypeText.IsWritable(definition.Name))
        {
            return $"it names '{definition.Name}', which cannot be named here, because C# cannot write the name";
        }

        return _global.FaultOf(definition) is { } fault ? $"it names '{definition.Name}', which cannot be named here, because {fault}" : null;
    }
}
