using System.Collections.Concurrent;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Collects facts about the experiments of a compilation. Trees are read concurrently, so the properties return the facts in source order.</summary>
internal sealed class CompilationFacts(Compilation compilation, INamedTypeSymbol tag)
{
    private readonly ConcurrentBag<TaggedInterface> _interfaces = [];
    private readonly ConcurrentBag<Registration> _registrations = [];
    private readonly ConcurrentBag<LoggingUse> _loggingUses = [];
    private readonly ConcurrentBag<int?> _optionSemantics = [];
    private readonly ConcurrentBag<Location> _blockingModes = [];
    private readonly ConcurrentBag<Location> _storePlaces = [];
    private readonly ConcurrentBag<PublishedEvent> _publishedEvents = [];
    private readonly ConcurrentBag<DirectCall> _directCalls = [];
    private readonly ConcurrentBag<NamedExperiment> _namedExperiments = [];
    private readonly ConcurrentBag<UselessSubject> _uselessSubjects = [];
    private readonly ConcurrentDictionary<string, bool> _usedElsewhere = new(StringComparer.Ordinal);
    private volatile bool _hasSubjectProvider;
    private volatile bool _usesStoresDirectly;
    private volatile ReadFailure? _failure;
    private int _stores;
    private volatile bool _passesOptionsOn;

    public Compilation Compilation { get; } = compilation;

    /// <summary>Gets a failure because of which facts are missing; null if there was none.</summary>
    public ReadFailure? Failure => _failure;

    /// <summary>Gets the facts about redaction.</summary>
    public RedactionFacts Redaction { get; } = new();

    /// <summary>Gets the facts about services.</summary>
    public InjectionFacts Injection { get; } = new();

    /// <summary>Gets the facts about destinations.</summary>
    public DeliveryFacts Delivery { get; } = new();

    /// <summary>Gets whether the compilation is an application, which registers everything it uses. A library may leave registration to its users.</summary>
    public bool IsProgram { get; } = Application.Is(compilation);

    /// <summary>Gets whether other code may register experiments: the users of a library, or a referenced assembly.</summary>
    public bool MayRegisterElsewhere => !IsProgram
        || MayUse(WellKnownNames.Builder)
        || MayUse(WellKnownNames.LoggingExtensions);

    /// <summary>Gets the tagged interfaces that are declared in source.</summary>
    public IReadOnlyList<TaggedInterface> Interfaces => [.. SourceOrder.Of(_interfaces, tagged => tagged.Type.Locations[0])];

    /// <summary>Gets the calls that register experiments.</summary>
    public IReadOnlyList<Registration> Registrations => [.. SourceOrder.Of(_registrations, registration => registration.Location)];

    /// <summary>Gets what the registrations of all experiments describe, with and without an interface; null for those that are not described in a lambda.</summary>
    public IReadOnlyList<TrialDescription?> Descriptions =>
        [.. Registrations.Select(registration => registration.Description), .. NamedExperiments.Select(experiment => experiment.Description)];

    /// <summary>Gets the places where code logs exposures explicitly.</summary>
    public IReadOnlyList<LoggingUse> LoggingUses => [.. SourceOrder.Of(_loggingUses, use => use.Location)];

    /// <summary>Gets the places where the options make callers wait for queue capacity.</summary>
    public IReadOnlyList<Location> BlockingModes => [.. SourceOrder.Of(_blockingModes, mode => mode)];

    /// <summary>Gets whether something may identify the subject if no parameter does.</summary>
    public bool MayHaveSubjectProvider => !IsProgram
        || _hasSubjectProvider
        || MayUse(KnownNames.SubjectProvider)
        || MayUse(KnownNames.HttpSubjectExtensions);

    /// <summary>Gets the kinds of assignment stores that are registered.</summary>
    public AssignmentStoreKinds Stores => (AssignmentStoreKinds)_stores;

    /// <summary>Gets the places where assignment stores are registered.</summary>
    public IReadOnlyList<Location> StorePlaces => [.. SourceOrder.Of(_storePlaces, place => place)];

    /// <summary>Gets whether the code names the interface of assignment stores, and so may use one directly.</summary>
    public bool UsesStoresDirectly => _usesStoresDirectly;

    /// <summary>Gets the events that code creates and publishes itself.</summary>
    public IReadOnlyList<PublishedEvent> PublishedEvents => [.. SourceOrder.Of(_publishedEvents, published => published.Place)];

    /// <summary>Gets the calls that decide, expose or record without a tagged interface.</summary>
    public IReadOnlyList<DirectCall> DirectCalls => [.. SourceOrder.Of(_directCalls, call => call.Place)];

    /// <summary>Gets the calls that register an experiment without an interface.</summary>
    public IReadOnlyList<NamedExperiment> NamedExperiments => [.. SourceOrder.Of(_namedExperiments, experiment => experiment.Place)];

    /// <summary>Gets the subject ids that do not identify a subject.</summary>
    public IReadOnlyList<UselessSubject> UselessSubjects => [.. SourceOrder.Of(_uselessSubjects, subject => subject.Place)];

    /// <summary>Gets whether another assembly may register an assignment store.</summary>
    public bool MayHaveStoreElsewhere => !IsProgram
        || MayUse(KnownNames.Store)
        || ReferencedAssemblies.MayCall(Compilation, RegistrationNames.IsStore);

    /// <summary>Gets whether code that cannot be analyzed may set the options: the users of a library, a referenced assembly, or code of the compilation.</summary>
    public bool MayHaveOptionsElsewhere => !IsProgram || PassesOptionsOn;

    /// <summary>Gets whether the compilation lets code set the options that cannot be analyzed.</summary>
    public bool PassesOptionsOn => _passesOptionsOn || MayUse(KnownNames.Options);

    /// <summary>Gets the semantics of experiments that set none themselves; null if unknown.</summary>
    private int? OptionSemantics =>
        MayHaveOptionsElsewhere ? null
        : _optionSemantics.IsEmpty ? KnownSemantics.OnDecision
        : _optionSemantics.Distinct().Count() == 1 ? _optionSemantics.First()
        : null;

    /// <summary>Returns whether a referenced assembly may use a type. Rules ask this for each finding, so the references are searched only once for a type.</summary>
    private bool MayUse(string fullName) => _usedElsewhere.GetOrAdd(fullName, name => ReferencedAssemblies.MayUse(Compilation, name));

    /// <summary>Returns the effective semantics: those of the registration, the attribute or the options; null if unknown.</summary>
    /// <param name="description">What the registration describes; null if there is no lambda.</param>
    /// <param name="tagged">The interface; null for an experiment without one.</param>
    public int? SemanticsOf(TrialDescription? description, TaggedInterface? tagged) =>
        description is not { IsComplete: true } ? null
        : description.SemanticsCall is { } call ? TrialDescription.Constant(call, "semantics")?.Value as int?
        : tagged?.Semantics ?? OptionSemantics;

    /// <summary>Returns the tagged interface that a type is; null if it is none.</summary>
    public TaggedInterface? Tagged(ITypeSymbol type) => TaggedInterface.Of(type, tag);

    /// <summary>Collects facts. The first exception is kept, because without these facts nothing is certain.</summary>
    /// <param name="collect">Collects the facts.</param>
    /// <param name="place">The code that the facts are about.</param>
    /// <param name="cancellationToken">The token of the analysis.</param>
    public void Collect(Action collect, Location place, CancellationToken cancellationToken)
    {
        try
        {
            collect();
        }
        catch (Exception error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.CompareExchange(ref _failure, new ReadFailure(error, place), null);
        }
    }

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

    public void Add(DirectCall call) => _directCalls.Add(call);

    public void Add(NamedExperiment experiment) => _namedExperiments.Add(experiment);

    /// <summary>Adds a subject id that does not identify a subject, if there is one.</summary>
    public void Add(UselessSubject? subject)
    {
        if (subject is not null)
        {
            _uselessSubjects.Add(subject);
        }
    }

    public void AddStorePlace(Location place) => _storePlaces.Add(place);

    public void AddDirectUseOfStores() => _usesStoresDirectly = true;

    public void Add(LoggingUse use) => _loggingUses.Add(use);

    /// <summary>Adds a value that the options' semantics are set to; null if unknown.</summary>
    public void AddOptionSemantics(int? semantics) => _optionSemantics.Add(semantics);

    /// <summary>Adds a place where the options make callers wait for queue capacity.</summary>
    public void AddBlockingMode(Location place) => _blockingModes.Add(place);

    /// <summary>Records that the options are passed to code that may set them to any value.</summary>
    public void AddOptionsPassedOn() => _passesOptionsOn = true;

    /// <summary>Adds a store. May be called concurrently.</summary>
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

    /// <summary>Returns whether a location can be reported: the source of a symbol from another project is not in this compilation.</summary>
    public bool IsInSource(Location? location) => location?.SourceTree is { } tree && Compilation.ContainsSyntaxTree(tree);
}
