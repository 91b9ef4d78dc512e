using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Collects facts about services: which are registered without an experiment, and which classes are requested.</summary>
internal sealed class InjectionFacts
{
    private readonly ConcurrentBag<(ITypeSymbol Service, ITypeSymbol? Implementation)> _plain = [];
    private readonly ConcurrentBag<ITypeSymbol> _created = [];
    private readonly ConcurrentBag<InjectedClass> _injected = [];
    private readonly ConcurrentBag<INamedTypeSymbol> _consumers = [];

    /// <summary>Gets the registrations without an experiment, with the implementation if it is named.</summary>
    public IEnumerable<(ITypeSymbol Service, ITypeSymbol? Implementation)> PlainRegistrations => _plain;

    /// <summary>Gets the types that the container creates: those of plain, keyed and hosted services.</summary>
    public IEnumerable<ITypeSymbol> Created => _created;

    /// <summary>Gets the classes that method bodies request.</summary>
    public IEnumerable<InjectedClass> Injected => _injected;

    /// <summary>Gets the types in source whose constructors and members may have injected services.</summary>
    public IEnumerable<INamedTypeSymbol> Consumers => _consumers;

    public void AddPlainRegistration(ITypeSymbol service, ITypeSymbol? implementation) => _plain.Add((service, implementation));

    public void AddCreated(ITypeSymbol type) => _created.Add(type);

    public void Add(InjectedClass injected) => _injected.Add(injected);

    public void AddConsumer(INamedTypeSymbol type) => _consumers.Add(type);
}
