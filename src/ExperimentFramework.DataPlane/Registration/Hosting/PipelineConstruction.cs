using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Creates the pipeline and detects dependency cycles: a service that the pipeline needs and that needs the pipeline in its own constructor. The
/// container cannot detect cycles through factories, so without this check the constructors would recurse until the stack overflows.
/// </summary>
/// <param name="registered">All registrations, to name the candidates in the message.</param>
internal sealed class PipelineConstruction(IServiceCollection registered)
{
    private readonly AsyncLocal<Step?> _current = new();

    /// <summary>Creates the pipeline and everything it depends on.</summary>
    /// <exception cref="InvalidOperationException">One of its dependencies requests the pipeline.</exception>
    public DeliveryPipeline Create(IServiceProvider services)
    {
        if (_current.Value is { } current)
        {
            throw Cycle("IEventPublisher", current);
        }

        try
        {
            var time = At("the clock", () => services.GetRequiredService<TimeProvider>(), typeof(TimeProvider));
            At("a logger provider", () => services.GetRequiredService<ILoggerFactory>(), typeof(ILoggerProvider), typeof(ILoggerFactory));
            var options = At(
                "a configuration of DataPlaneOptions",
                () => services.GetRequiredService<ReloadableOptions>(),
                typeof(IConfigureOptions<DataPlaneOptions>), typeof(IPostConfigureOptions<DataPlaneOptions>), typeof(IValidateOptions<DataPlaneOptions>));
            var redaction = At(
                "the redactor or the pseudonym key provider",
                () => services.GetRequiredService<EventRedaction>(),
                typeof(IExposureRedactor), typeof(IPseudonymKeyProvider));
            var factory = At("the outbox", () => services.GetRequiredService<DestinationFactory>(), typeof(IEventOutbox));
            At("an assignment store", () => services.GetRequiredService<AssignmentStores>(), typeof(IAssignmentStore));
            var contributors = At("a health contributor", () => services.GetServices<IHealthContributor>(), typeof(IHealthContributor));
            var backplanes = At("a destination", () => services.GetServices<IDataBackplane>(), typeof(IDataBackplane));
            var ledger = services.GetRequiredService<DropLedger>();
            var logger = new NonThrowingLogger(services.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Delivery), redaction.Exceptions);
            var context = PipelineContext.Create(options, redaction, ledger, services.GetRequiredService<DeliveryMetrics>(), time, logger);
            var health = new PipelineHealth(contributors, ledger, services.GetRequiredService<ReplacedValues>(), redaction, context);
            return new DeliveryPipeline(backplanes, factory, health, services.GetRequiredService<ShutdownBudget>(), context);
        }
        finally
        {
            _current.Value = null;
        }
    }

    /// <summary>Creates the destinations of a composite.</summary>
    /// <exception cref="InvalidOperationException">One of the factories requests the composite.</exception>
    public T CreateComposite<T>(object composite, Func<T> create)
    {
        var outer = _current.Value;
        for (var step = outer; step is not null; step = step.Outer)
        {
            if (step.Creates == composite)
            {
                throw new InvalidOperationException(
                    "A factory of AddCompositeDataBackplane resolves IDataBackplane, which is the composite itself. Create the destination in the factory, or resolve it by its own type.");
            }
        }

        try
        {
            _current.Value = new Step(outer?.What ?? "a destination", outer?.Services ?? [typeof(IDataBackplane)], composite, outer);
            return create();
        }
        finally
        {
            _current.Value = outer;
        }
    }

    private T At<T>(string what, Func<T> create, params Type[] services)
    {
        _current.Value = new Step(what, services, null, null);
        return create();
    }

    private InvalidOperationException Cycle(string requested, Step step)
    {
        var candidates = registered
            .Where(descriptor => step.Services.Contains(descriptor.ServiceType))
            .Select(ProxySlot.Description)
            .Distinct(StringComparer.Ordinal);
        return new InvalidOperationException(
            $"{requested} cannot be created, because {step.What} needs it and it needs {step.What} first. A constructor or factory of one of these requests {requested}, or the service of an experiment: {string.Join(", ", candidates)}. Inject IServiceProvider there, and resolve {requested} when it is first used.");
    }

    /// <param name="What">The dependency that is being created, for messages.</param>
    /// <param name="Services">The service types it is registered as.</param>
    /// <param name="Creates">The composite that is being created; null for none.</param>
    /// <param name="Outer">The enclosing step.</param>
    private sealed record Step(string What, IReadOnlyList<Type> Services, object? Creates, Step? Outer);
}
