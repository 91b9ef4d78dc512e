using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds code that asks the container for a variant's class where the experiment serves its interface.</summary>
internal sealed class InjectedVariantRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => RegistrationDescriptors.InjectedVariant;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var services = ServicesByVariant(facts);
        return services.Count == 0
            ? []
            : facts.Injection.Injected
                .Concat(facts.Injection.Consumers.SelectMany(type => InjectedInto(type, services, facts.Compilation, cancellationToken)))
                .Where(injected => services.TryGetValue(injected.Type.OriginalDefinition, out var service) && !injected.IsPartOf(service))
                .GroupBy(injected => injected.Location)
                .Select(places => Diagnostic.Create(Descriptor, places.Key, places.First().Type.Name, services[places.First().Type.OriginalDefinition].Name));
    }

    /// <summary>The tagged interface that each variant's class belongs to: as a trial names it, or as what a decorated service is registered with.</summary>
    private static Dictionary<ISymbol, ITypeSymbol> ServicesByVariant(CompilationFacts facts)
    {
        var services = new Dictionary<ISymbol, ITypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var registration in facts.Registrations.Where(registration => facts.Tagged(registration.Service) is not null))
        {
            var variants = registration.IsTrial
                ? registration.Variants.Select(variant => variant.TargetMethod.TypeArguments[0])
                : facts.Injection.PlainRegistrations
                    .Where(plain => SymbolEqualityComparer.Default.Equals(plain.Service, registration.Service))
                    .Select(plain => plain.Implementation);
            foreach (var variant in variants.OfType<INamedTypeSymbol>().Where(variant => variant.TypeKind == TypeKind.Class))
            {
                services[variant.OriginalDefinition] = registration.Service;
            }
        }

        return services;
    }

    private static IEnumerable<InjectedClass> InjectedInto(
        INamedTypeSymbol type, Dictionary<ISymbol, ITypeSymbol> services, Compilation compilation, CancellationToken cancellationToken)
    {
        var parameters = type.GetMembers().OfType<IMethodSymbol>()
            .Where(method => method.MethodKind == MethodKind.Constructor ? !type.IsAbstract : method.MethodKind == MethodKind.Ordinary)
            .SelectMany(method => method.Parameters.Where(parameter => services.ContainsKey(parameter.Type.OriginalDefinition) && IsInjected(method, parameter)))
            .ToList();
        foreach (var parameter in parameters.Where(parameter =>
            parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor } || !IsCreatedByHand(type, compilation, cancellationToken)))
        {
            yield return new InjectedClass(parameter.Type, InjectedClass.PlaceOf(parameter, cancellationToken), [type]);
        }

        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (services.ContainsKey(property.Type.OriginalDefinition) && Has(property, "InjectAttribute"))
            {
                yield return new InjectedClass(property.Type, property.Locations[0], [type]);
            }
        }
    }

    /// <summary>Constructors, the invocation of a middleware, and what an attribute says so of.</summary>
    private static bool IsInjected(IMethodSymbol method, IParameterSymbol parameter) =>
        method.MethodKind == MethodKind.Constructor
        || Has(parameter, "FromServicesAttribute")
        || Has(parameter, "FromKeyedServicesAttribute")
        || (method.Name is "Invoke" or "InvokeAsync" && method.Parameters.Length > 1 && SymbolName.Is(method.Parameters[0].Type, KnownNames.HttpContext));

    private static bool Has(ISymbol symbol, string attribute) => symbol.GetAttributes().Any(candidate => candidate.AttributeClass?.Name == attribute);

    /// <summary>Whether the compilation calls a constructor itself, and so may choose what it gives.</summary>
    private static bool IsCreatedByHand(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken) =>
        compilation.SyntaxTrees.Any(tree => tree.GetRoot(cancellationToken).DescendantNodes().Any(node => node switch
        {
            ObjectCreationExpressionSyntax creation => creation.Type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText == type.Name),
            ImplicitObjectCreationExpressionSyntax => SymbolEqualityComparer.Default.Equals(ModelOf(compilation, tree).GetTypeInfo(node, cancellationToken).Type, type),
            _ => false,
        }));

#pragma warning disable RS1030 // Only where a variant is injected, and a type is left out where it is created.
    private static SemanticModel ModelOf(Compilation compilation, SyntaxTree tree) => compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
}
