using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>What a compilation says of experiments. Trees are read at once and in any order, so what is asked for is put in the source's order.</summary>
internal sealed class CompilationFacts(Compilation compilation, INamedTypeSymbol tag)
{
    private readonly ConcurrentBag<TaggedInterface> _interfaces = [];
    private readonly ConcurrentBag<Registration> _registrations = [];
    private readonly ConcurrentBag<LoggingUse> _loggingUses = [];
    private readonly ConcurrentBag<int?> _optionSemantics = [];
    private readonly ConcurrentBag<Location> _blockingModes = [];
    private readonly ConcurrentBag<Location> _storePlaces = [];
    private readonly ConcurrentBag<PublishedEvent> _publishedEvents = [];
    private readonly ConcurrentBag<UselessSubject> _uselessSubjects = [];
    private volatile bool _hasSubjectProvider;
    private volatile bool _usesStoresItself;
    private int _stores;
    private volatile bool _handsOutOptions;

    public Compilation Compilation { get; } = compilation;

    /// <summary>What is said of redaction.</summary>
    public RedactionFacts Redaction { get; } = new();

    /// <summary>What is said of services.</summary>
    public InjectionFacts Injection { get; } = new();

    /// <summary>What is said of destinations.</summary>
    public DeliveryFacts Delivery { get; } = new();

    /// <summary>Whether the compilation is an application, which registers all that it uses; a library may leave that to others.</summary>
    public bool IsProgram => Compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication or OutputKind.WindowsRuntimeApplication;

    /// <summary>The tagged interfaces that stand in the source.</summary>
    public IReadOnlyList<TaggedInterface> Interfaces => [.. SourceOrder.Of(_interfaces, tagged => tagged.Type.Locations[0])];

    /// <summary>The calls that register experiments.</summary>
    public IReadOnlyList<Registration> Registrations => [.. SourceOrder.Of(_registrations, registration => registration.Location)];

    /// <summary>Where exposures are logged by hand.</summary>
    public IReadOnlyList<LoggingUse> LoggingUses => [.. SourceOrder.Of(_loggingUses, use => use.Location)];

    /// <summary>Where the options make callers wait for room.</summary>
    public IReadOnlyList<Location> BlockingModes => [.. SourceOrder.Of(_blockingModes, mode => mode)];

    /// <summary>Whether something may say who the subject is where no parameter does.</summary>
    public bool MayHaveSubjectProvider => _hasSubjectProvider
        || ReferencedAssemblies.MayUse(Compilation, KnownNames.SubjectProvider)
        || ReferencedAssemblies.MayUse(Compilation, KnownNames.HttpSubjectExtensions);

    /// <summary>The assignment stores that are registered.</summary>
    public AssignmentStoreKinds Stores => (AssignmentStoreKinds)_stores;

    /// <summary>Where assignment stores are registered.</summary>
    public IReadOnlyList<Location> StorePlaces => [.. SourceOrder.Of(_storePlaces, place => place)];

    /// <summary>Whether the code names the interface of assignment stores, and may read one.</summary>
    public bool UsesStoresItself => _usesStoresItself;

    /// <summary>The events that the code makes and publishes itself.</summary>
    public IReadOnlyList<PublishedEvent> PublishedEvents => [.. SourceOrder.Of(_publishedEvents, published => published.Place)];

    /// <summary>The subject ids that identify nobody.</summary>
    public IReadOnlyList<UselessSubject> UselessSubjects => [.. SourceOrder.Of(_uselessSubjects, subject => subject.Place)];

    /// <summary>Whether another assembly may register an assignment store.</summary>
    public bool MayHaveStoreOfOthers => ReferencedAssemblies.MayUse(Compilation, KnownNames.Store)
        || ReferencedAssemblies.MayUse(Compilation, KnownNames.StoreExtensions)
        || ReferencedAssemblies.MayUse(Compilation, KnownNames.SqliteStoreExtensions)
        || ReferencedAssemblies.MayUse(Compilation, KnownNames.RedisStoreExtensions);

    /// <summary>Whether the options may be set by code that cannot be read here.</summary>
    public bool MayHaveOptionsElsewhere => _handsOutOptions || ReferencedAssemblies.MayUse(Compilation, KnownNames.Options);

    /// <summary>The semantics of experiments that say none themselves; null where they cannot be known.</summary>
    private int? OptionSemantics =>
        MayHaveOptionsElsewhere ? null
        : _optionSemantics.IsEmpty ? KnownSemantics.OnDecision
        : _optionSemantics.Distinct().Count() == 1 ? _optionSemantics.First()
        : null;

    /// <summary>The semantics in force: the registration's, the attribute's or the options'; null where they cannot be known.</summary>
    public int? SemanticsOf(Registration registration, TaggedInterface tagged) =>
        !registration.IsReadable ? null
        : registration.SemanticsCall is { } call ? TrialDescription.Constant(call, "semantics")?.Value as int?
        : tagged.Semantics ?? OptionSemantics;

    /// <summary>The tagged interface behind a type; null for anything else.</summary>
    public TaggedInterface? Tagged(ITypeSymbol type) => TaggedInterface.Of(type, tag);

    public void AddType(INamedTypeSymbol type)
    {
        if (Tagged(type) is { } tagged)
        {
            _interfaces.Add(tagged);
        }
        else if (type.TypeKind == TypeKind.Class)
        {
            Injection.AddConsumer(type);
        }
    }

    public void Add(Registration registration) => _registrations.Add(registration);

    public void Add(PublishedEvent published) => _publishedEvents.Add(published);

    public void Add(UselessSubject subject) => _uselessSubjects.Add(subject);

    public void AddStorePlace(Location place) => _storePlaces.Add(place);

    public void AddOwnUseOfStores() => _usesStoresItself = true;

    public void Add(LoggingUse use) => _loggingUses.Add(use);

    /// <summary>Notes that the options' semantics are set; null where the value cannot be known.</summary>
    public void AddOptionSemantics(int? semantics) => _optionSemantics.Add(semantics);

    /// <summary>Notes that the options make callers wait for room.</summary>
    public void AddBlockingMode(Location place) => _blockingModes.Add(place);

    /// <summary>Notes that code has the options in its hands that may set them to anything.</summary>
    public void AddOptionsInOtherHands() => _handsOutOptions = true;

    /// <summary>Notes a store. Trees are read at once.</summary>
    public void AddStore(AssignmentStoreKinds kind)
    {
        int before;
        do
        {
            before = Volatile.Read(ref _stores);
        }
        while (Interlocked.CompareExchange(ref _stores, before | (int)kind, before) != before);
    }

    public void AddSubjectProvider() => _hasSubjectProvider = true;

    /// <summary>A place that can be reported: a symbol of a project beside this one has its source elsewhere.</summary>
    public bool IsHere(Location? location) => location?.SourceTree is { } tree && Compilation.ContainsSyntaxTree(tree);
}
