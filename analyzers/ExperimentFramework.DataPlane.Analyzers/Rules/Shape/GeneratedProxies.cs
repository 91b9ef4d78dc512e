using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Compares what the generator has written with what interfaces need.</summary>
internal sealed class GeneratedProxies(Compilation compilation, CancellationToken cancellationToken)
{
    private const string Unseen = "and no source generator sees what another one writes: declare it in source or in a referenced project";

    private const string NamesUnseen = "the interface names a type or constant that another source generator writes";

    private readonly CodeOfOtherGenerators _unseen = new(compilation, cancellationToken);

    /// <summary>The registrations of closed interfaces, as text: the generator writes them with <see cref="ProxyName.Closed"/>, by which they are found here.</summary>
    private readonly Lazy<string> _registrations = new(() => string.Concat(compilation.SyntaxTrees
        .Where(tree => tree.FilePath.EndsWith(WellKnownNames.RegistrationsFile, StringComparison.Ordinal))
        .Select(tree => WithoutNullability(tree.ToString()))));

    /// <summary>Returns why an interface has no complete proxy, as the end of a sentence; null if it has one, or if another diagnostic says why.</summary>
    public string? ErrorOf(INamedTypeSymbol definition)
    {
        if (IsReportedOtherwise(definition))
        {
            return null;
        }

        var proxy = Find(definition);
        var missing = proxy is null ? null : FirstMissing(definition, proxy);
        return proxy is null ? Describe(_unseen.FirstNamedBy(definition), _unseen.HasGeneratedTag(definition) ? "its [ExposureLogged] is written by another source generator" : NamesUnseen)
            : missing is null ? null
            : $"its proxy lacks '{missing.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}', which another source generator adds to it, {Unseen}";
    }

    /// <summary>Returns where to report an interface: at a name written by hand, because a diagnostic in generated code is not shown.</summary>
    public Location PlaceOf(INamedTypeSymbol definition, Location place) =>
        _unseen.HasGeneratedTag(definition) ? _unseen.HandWrittenPlace(definition) ?? place : place;

    /// <summary>Returns why a closed generic interface is not registered, as the end of a sentence; null if it is, or need not be.</summary>
    public string? ErrorOfRegistration(INamedTypeSymbol service) =>
        ProxyName.TypeParameters(service.OriginalDefinition).Count > 0
        && _unseen.FirstIn(service) is { } unseen
        && !_registrations.Value.Contains(WithoutNullability(ProxyName.Closed(service)) + ".Register();")
            ? Describe(unseen, NamesUnseen)
            : null;

    /// <summary>Describes why there is no proxy: because of what only generated files declare, or, if nothing is found, because of a guess.</summary>
    private static string Describe(ISymbol? unseen, string guess) => unseen is null
        ? $"the generator has not written one. Unless DP1006 says why, {guess}, {Unseen}"
        : $"'{unseen.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}' is written by another source generator, {Unseen}";

    private static string WithoutNullability(string code) => code.Replace("?", "");

    /// <summary>Returns whether the compiler, another analyzer or the generator itself reports why there is no proxy.</summary>
    private bool IsReportedOtherwise(INamedTypeSymbol definition)
    {
        try
        {
            return ShapeClassifier.Classify(definition, compilation).Any(ShapeClassifier.IsError);
        }
        catch (Exception)
        {
            // The generator fails at the same interface, and reports DP1006.
            cancellationToken.ThrowIfCancellationRequested();
            return true;
        }
    }

    private INamedTypeSymbol? Find(INamedTypeSymbol definition) => ShapeClassifier.IsAccessible(definition, compilation)
        ? compilation.Assembly.GetTypeByMetadataName(ProxyName.MetadataName(definition))
        : definition.ContainingType.GetTypeMembers(ProxyName.Nested(definition)).FirstOrDefault();

    private ISymbol? FirstMissing(INamedTypeSymbol definition, INamedTypeSymbol proxy)
    {
        var implemented = new HashSet<ISymbol>(proxy.GetMembers().SelectMany(ImplementedBy).Select(member => member.OriginalDefinition), SymbolEqualityComparer.Default);
        return new InterfaceSlots(definition, compilation).Slots.FirstOrDefault(slot => !implemented.Contains(slot.OriginalDefinition));
    }

    private static IEnumerable<ISymbol> ImplementedBy(ISymbol member) => member switch
    {
        IMethodSymbol method => method.ExplicitInterfaceImplementations,
        IPropertySymbol property => property.ExplicitInterfaceImplementations,
        IEventSymbol @event => @event.ExplicitInterfaceImplementations,
        _ => [],
    };
}
