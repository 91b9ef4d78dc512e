using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>What a compilation says of services: how interfaces are registered plainly, and which classes are asked for.</summary>
internal sealed class InjectionFacts
{
    private readonly ConcurrentBag<(ITypeSymbol Service, ITypeSymbol? Implementation)> _plain = [];
    private readonly ConcurrentBag<InjectedClass> _injected = [];
    private readonly ConcurrentBag<INamedTypeSymbol> _consumers = [];

    /// <summary>The registrations that are no experiments, with the implementation where it is named.</summary>
    public IEnumerable<(ITypeSymbol Service, ITypeSymbol? Implementation)> PlainRegistrations => _plain;

    /// <summary>The classes that are asked for in method bodies.</summary>
    public IEnumerable<InjectedClass> Injected => _injected;

    /// <summary>The types of the source, whose constructors and members may be injected into.</summary>
    public IEnumerable<INamedTypeSymbol> Consumers => _consumers;

    public void AddPlainRegistration(ITypeSymbol service, ITypeSymbol? implementation) => _plain.Add((service, implementation));

    public void Add(InjectedClass injected) => _injected.Add(injected);

    public void AddConsumer(INamedTypeSymbol type) => _consumers.Add(type);
}
