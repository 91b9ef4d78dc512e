using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds code that requests the class of a variant from the container instead of the interface that the experiment serves.</summary>
internal sealed class InjectedVariantRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => RegistrationDescriptors.InjectedVariant;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var services = ServicesByVariant(facts);
        var created = new CreatedTypes(facts.Compilation, cancellationToken);
        return services.Count == 0
            ? []
            : facts.Injection.Injected
                .Concat(facts.Injection.Consumers.SelectMany(type => InjectedInto(type, services, consumer => MayBeCreatedInCode(consumer, facts, created), cancellationToken)))
                .Where(injected => services.TryGetValue(injected.Type.OriginalDefinition, out var service) && !injected.IsPartOf(service))
                .GroupBy(injected => injected.Location)
                .Select(places => Diagnostic.Create(Descriptor, places.Key, places.First().Type.Name, services[places.First().Type.OriginalDefinition].Name));
    }

    /// <summary>Returns the tagged interface of each variant class: a class that a trial names, or the implementation of a decorated service.</summary>
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
        INamedTypeSymbol type, Dictionary<ISymbol, ITypeSymbol> services, Func<INamedTypeSymbol, bool> mayBeCreatedInCode, CancellationToken cancellationToken)
    {
        var parameters = type.GetMembers().OfType<IMethodSymbol>()
            .Where(method => method.MethodKind == MethodKind.Constructor ? !type.IsAbstract : method.MethodKind == MethodKind.Ordinary)
            .SelectMany(method => method.Parameters.Where(parameter => services.ContainsKey(parameter.Type.OriginalDefinition) && IsInjected(method, parameter)))
            .ToList();
        foreach (var parameter in parameters.Where(parameter =>
            parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor } || !mayBeCreatedInCode(type)))
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

    /// <summary>Returns whether the container supplies the parameter: of a constructor, of a middleware's invoke method, or with an attribute.</summary>
    private static bool IsInjected(IMethodSymbol method, IParameterSymbol parameter) =>
        method.MethodKind == MethodKind.Constructor
        || Has(parameter, "FromServicesAttribute")
        || Has(parameter, "FromKeyedServicesAttribute")
        || (method.Name is "Invoke" or "InvokeAsync" && method.Parameters.Length > 1 && SymbolName.Is(method.Parameters[0].Type, KnownNames.HttpContext));

    private static bool Has(ISymbol symbol, string attribute) => symbol.GetAttributes().Any(candidate => candidate.AttributeClass?.Name == attribute);

    /// <summary>Returns whether the compilation creates the type, or, if it is a library that does not register the type, its users may.</summary>
    private static bool MayBeCreatedInCode(INamedTypeSymbol type, CompilationFacts facts, CreatedTypes created) =>
        (!facts.IsProgram && TypeAccessibility.IsPublic(type) && !facts.Injection.Created.Any(registered => SymbolEqualityComparer.Default.Equals(registered.OriginalDefinition, type)))
        || created.MayContain(type);
}
