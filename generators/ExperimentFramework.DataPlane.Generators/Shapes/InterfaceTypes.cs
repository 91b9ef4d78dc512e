using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Checks whether a proxy can name the types that its interface is declared with, and those that every proxy needs.</summary>
internal sealed class InterfaceTypes(INamedTypeSymbol definition, TypeNaming naming, Compilation compilation)
{
    private static readonly GlobalName[] OfAnyProxy =
    [
        new("System", "Exception"),
        new("System.CodeDom.Compiler", "GeneratedCodeAttribute"),
        new("System.ComponentModel", "EditorBrowsableAttribute"),
        new("System.Diagnostics", "DebuggerStepThroughAttribute"),
        new("System.Runtime.CompilerServices", "ModuleInitializerAttribute", MayBeOwn: true),
        new(WellKnownNames.RuntimeNamespace, "ExposureLoggingDecorator", Arity: 1),
    ];

    /// <summary>Finds what prevents a proxy.</summary>
    public IEnumerable<ShapeFinding> Classify(InterfaceSlots slots)
    {
        if (definition.Name.Length == 0)
        {
            return [OfCompiler("it has no name")];
        }

        return (naming.ErrorOf(definition) is { } error ? [IsOwn ? OfCompiler(error) : NotForwardable(error)] : Enumerable.Empty<ShapeFinding>())
            .Concat(slots.Interfaces
                .Select(declaring => SignatureTypes.FirstNamed(declaring, static named => MissingTypes.ToName(named) is not null))
                .OfType<INamedTypeSymbol>()
                .Select(needing => Missing(MissingTypes.ToName(needing)!)))
            .Concat(ProxyName.TypeParameters(definition)
                .SelectMany(parameter => parameter.ConstraintTypes)
                .Select(naming.FirstUnnameable)
                .OfType<INamedTypeSymbol>()
                .Select(type => MissingTypes.ToName(type) is { } missing ? Missing(missing) : NotForwardable(naming.ErrorOf(type)!)))
            .Concat(OfAnyProxy
                .Select(name => (name, Error: naming.ErrorOf(name)))
                .Where(found => found.Error is not null && !IsOnlyElsewhere(found.name))
                .Select(found => NotForwardable($"a proxy needs '{found.name.Namespace}.{found.name.Name}', but {found.Error}")));
    }

    private bool IsOwn => SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, compilation.Assembly);

    /// <summary>Whether it is the run time that a project of contracts does not reference: the project that registers its interfaces does, and has the proxies.</summary>
    private bool IsOnlyElsewhere(GlobalName name) => name.Namespace == WellKnownNames.RuntimeNamespace && compilation.GetTypesByMetadataName(WellKnownNames.Decorator).IsEmpty;

    private ShapeFinding Missing(INamedTypeSymbol missing) =>
        IsOwn && MissingTypes.IsMisspelled(missing) ? OfCompiler("it names a type that the compiler cannot resolve") : NotForwardable(MissingTypes.Describe(missing));

    private ShapeFinding NotForwardable(string reason) => new(ShapeFindingKind.MemberNotForwardable, definition, reason);

    private ShapeFinding OfCompiler(string reason) => new(ShapeFindingKind.CompilerError, definition, reason);
}
