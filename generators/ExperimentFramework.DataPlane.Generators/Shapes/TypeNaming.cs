using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Determines whether generated code can name a type unambiguously. A project may not have the type at all, if an indirect reference is missing, or may
/// have several types with its name.
/// </summary>
/// <param name="within">The symbol from which the type is accessed: a nested proxy can access what the interface can.</param>
/// <param name="compilation">The compilation that will contain the code.</param>
internal sealed class TypeNaming(ISymbol within, Compilation compilation)
{
    // Many members name the same types, and the compilation searches all of its references for each.
    private readonly Dictionary<ITypeSymbol, INamedTypeSymbol?> _unnameable = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, string?> _errors = new(SymbolEqualityComparer.Default);
    private readonly GlobalNames _global = new(compilation);

    /// <summary>Returns the first type that generated code cannot name among those that a type's name consists of; null if there is none.</summary>
    public INamedTypeSymbol? FirstUnnameable(ITypeSymbol? type) =>
        type is null || type.SpecialType is SpecialType.System_Void or SpecialType.System_Int32 or SpecialType.System_String ? null
        : _unnameable.TryGetValue(type, out var known) ? known
        : _unnameable[type] = SignatureTypes.FirstNamed(type, named => ErrorOf(named) is not null);

    /// <summary>Returns why generated code cannot name a type, regardless of its type arguments, as the end of a sentence; null if it can.</summary>
    public string? ErrorOf(INamedTypeSymbol type)
    {
        // A tuple is written as its elements.
        var definition = type.OriginalDefinition;
        return type.IsTupleType ? null : _errors.TryGetValue(definition, out var known) ? known : _errors[definition] = Find(definition);
    }

    /// <summary>Returns why the name of a referenced type does not resolve to it, as the end of a sentence; null if it does.</summary>
    public string? ErrorOf(GlobalName name) => _global.ErrorOf(name);

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
            return $"it names '{definition.Name}', whose metadata contains something that C# does not support";
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

        return _global.ErrorOf(definition) is { } error ? $"it names '{definition.Name}', which cannot be named here, because {error}" : null;
    }
}
