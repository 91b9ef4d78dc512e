using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Says of the types that an interface is declared with, and of those that any proxy is made of, whether a proxy can name them.</summary>
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

    /// <summary>What stands in the way of a proxy.</summary>
    public IEnumerable<ShapeFinding> Classify(InterfaceSlots slots)
    {
        if (definition.Name.Length == 0)
        {
            return [OfCompiler("it has no name")];
        }

        return (naming.FaultOf(definition) is { } fault ? [IsOwn ? OfCompiler(fault) : NotForwardable(fault)] : Enumerable.Empty<ShapeFinding>())
            .Concat(slots.Interfaces
                .Select(declaring => SignatureTypes.FirstNamed(declaring, static named => MissingTypes.ToName(named) is not null))
                .OfType<INamedTypeSymbol>()
                .Select(needing => Missing(MissingTypes.ToName(needing)!)))
            .Concat(ProxyName.TypeParameters(definition)
                .SelectMany(parameter => parameter.ConstraintTypes)
                .Select(naming.FirstUnnameable)
                .OfType<INamedTypeSymbol>()
                .Select(type => MissingTypes.ToName(type) is { } missing ? Missing(missing) : NotForwardable(naming.FaultOf(type)!)))
            .Concat(OfAnyProxy
                .Select(name => (name, Fault: naming.FaultOf(name)))
                .Where(found => found.Fault is not null)
                .Select(found => NotForwardable($"a proxy needs '{found.name.Namespace}.{found.name.Name}', and {found.Fault}")));
    }

    private bool IsOwn => SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, compilation.Assembly);

    private ShapeFinding Missing(INamedTypeSymbol missing) =>
        IsOwn && MissingTypes.IsMisspelt(missing) ? OfCompiler("the compiler does not know a type that it names") : NotForwardable(MissingTypes.Describe(missing));

    private ShapeFinding NotForwardable(string reason) => new(ShapeFindingKind.MemberNotForwardable, definition, reason);

    private ShapeFinding OfCompiler(string reason) => new(ShapeFindingKind.CompilerError, definition, reason);
}
