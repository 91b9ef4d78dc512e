using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Warns at the start of what is allowed and seldom meant: each of these would otherwise be silently wrong.</summary>
internal sealed partial class StartupReview(
    IServiceProvider services,
    RegisteredServices registered,
    EventPublisher publisher,
    IEnumerable<ImplicitVariant> assumed,
    IEnumerable<DroppedRegistration> dropped,
    ReloadableOptions options,
    DataPlaneConfiguration configuration,
    ILoggerFactory loggers)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Startup));

    public void Run(IReadOnlyList<ExperimentHandle> experiments)
    {
        ReviewRegistrations(experiments);
        ReviewDelivery(experiments);
        ReviewAssignment(experiments);
    }

    private void ReviewRegistrations(IReadOnlyList<ExperimentHandle> experiments)
    {
        foreach (var service in registered.TaggedInterfaces().Except(experiments.Select(handle => handle.Setup.Service)))
        {
            LogNoExperiment(service, service.Name);
        }

        foreach (var variant in assumed.Where(variant => variant.IsInForce))
        {
            LogAssumed(variant.Service, variant.Variant);
        }

        foreach (var registration in dropped)
        {
            LogDropped(registration);
        }

        foreach (var name in options.Value.Experiments.Keys.Except(experiments.Select(handle => handle.Experiment.Name), StringComparer.OrdinalIgnoreCase))
        {
            LogUnknownExperiment(name);
        }

        foreach (var section in configuration.UnreadSections)
        {
            LogUnreadSection(section);
        }
    }

    private void ReviewDelivery(IReadOnlyList<ExperimentHandle> experiments)
    {
        if (experiments.Any(handle => handle.Experiment.Exposures.IsEnabled) && publisher.Pipeline.Destinations.Count == 0)
        {
            LogNoDestination();
        }

        if (services.GetService<IEventOutbox>() is not null && publisher.Pipeline.Destinations.All(destination => destination.IsImmediate))
        {
            LogOutboxUnused();
        }

        foreach (var (experiment, setup) in experiments)
        {
            if (!setup.LogsExposures)
            {
                LogNothingRecorded(experiment.Name);
            }
            else if (setup.RecordsOutcomes && !options.Value.EnableOutcomeEvents)
            {
                LogOutcomesOff(experiment.Name, setup.Service);
            }

            if (setup.LeavesFallbackUnused)
            {
                LogFallbackUnused(experiment.Name);
            }
        }
    }

    private void ReviewAssignment(IReadOnlyList<ExperimentHandle> experiments)
    {
        if (registered.Has(typeof(IAssignmentStore)) && !experiments.Any(handle => handle.Experiment.Assigner.HasStore))
        {
            LogStoreUnused();
        }

        foreach (var (experiment, setup) in experiments)
        {
            if (setup.VariantKeys is [var control])
            {
                LogNoVariant(experiment.Name, control);
            }
            else if (HashAllocation.Of(experiment)?.OnlyVariant is { } only)
            {
                LogOneVariantOnly(experiment.Name, only);
            }

            if (setup.Selector.Missing(services) is { } missing)
            {
                LogSelectorMissing(experiment.Name, missing);
            }
        }
    }

    private void LogDropped(DroppedRegistration dropped)
    {
        if (dropped.IsFactory)
        {
            LogFactoryDropped(dropped.ExperimentName, dropped.Service);
        }
        else
        {
            LogDropped(dropped.ExperimentName, dropped.Service, ProxySlot.Description(dropped.Registered));
        }
    }

    [LoggerMessage(40, LogLevel.Warning,
        "Exposure logging is on but no destination is registered, so every exposure is dropped: call AddInMemoryDataBackplane() or another Add...DataBackplane().", EventName = "NoDestination")]
    private partial void LogNoDestination();

    [LoggerMessage(41, LogLevel.Warning,
        "Experiment {Experiment} serves its variants and records nothing: call WithExposureLogging() on the builder to record exposures.", EventName = "NothingRecorded")]
    private partial void LogNothingRecorded(string experiment);

    [LoggerMessage(43, LogLevel.Warning,
        "The options have an entry for experiment '{Experiment}', which this application does not register, so nothing reads it.", EventName = "OptionsForUnknownExperiment")]
    private partial void LogUnknownExperiment(string experiment);

    [LoggerMessage(44, LogLevel.Information,
        "Experiment {Experiment} does not fall back to control: its interface says FallbackToControl = true, so that it can, but only OnErrorFallbackToControl() on the trial makes it.", EventName = "FallbackUnused")]
    private partial void LogFallbackUnused(string experiment);

    [LoggerMessage(45, LogLevel.Warning,
        "{Service} is registered by a factory, in whose place its experiment stands; its variant {Variant} is not registered, so the container creates one of its own, and not by that factory. Register {Variant} itself.", EventName = "ImplicitVariantWithFactory")]
    private partial void LogAssumed(Type service, Type variant);

    [LoggerMessage(46, LogLevel.Warning,
        "The configuration has the section '{Section}', which the data plane does not read. If another part of the application reads it, move it out of 'DataPlane' to be rid of this warning; if not, check its name against docs/reference/configuration.md.", EventName = "UnknownConfigurationSection")]
    private partial void LogUnreadSection(string section);

    [LoggerMessage(48, LogLevel.Warning,
        "{Service} is tagged with [ExposureLogged] and registered, but it belongs to no experiment, so its calls are not recorded: add Trial<{Name}>(...) to AddExperimentFramework, or call AddExposureLogging<{Name}>(...).", EventName = "ServiceWithoutExperiment")]
    private partial void LogNoExperiment(Type service, string name);

    [LoggerMessage(49, LogLevel.Warning, "Experiment {Experiment} serves control to everybody: {Missing} Until it does, nothing is split.", EventName = "SelectorMissing")]
    private partial void LogSelectorMissing(string experiment, string missing);

    [LoggerMessage(51, LogLevel.Warning,
        "An assignment store is registered, but no experiment uses it: call WithPolicy(AssignmentPolicy.SubjectSticky) or WithPolicy(AssignmentPolicy.GloballySticky) on a trial, or remove the store.", EventName = "StoreUnused")]
    private partial void LogStoreUnused();

    [LoggerMessage(52, LogLevel.Warning,
        "An outbox is registered, but no destination has a queue in front of it, so the outbox stays empty: add a destination, or remove the outbox.", EventName = "OutboxUnused")]
    private partial void LogOutboxUnused();

    [LoggerMessage(53, LogLevel.Warning,
        "Experiment {Experiment} records no outcomes: {Service} says RecordOutcomes = true, but the option EnableOutcomeEvents is false.", EventName = "OutcomesDisabled")]
    private partial void LogOutcomesOff(string experiment, Type service);

    [LoggerMessage(54, LogLevel.Warning,
        "Experiment {Experiment} has only one variant, '{Variant}', so there is nothing to compare: call AddVariant<T>(key).", EventName = "SingleVariant")]
    private partial void LogNoVariant(string experiment, string variant);

    [LoggerMessage(55, LogLevel.Warning,
        "Experiment {Experiment} serves variant '{Variant}' to everybody, because all weight is on it: give another variant a weight above 0.", EventName = "AllWeightOnOneVariant")]
    private partial void LogOneVariantOnly(string experiment, string variant);

    [LoggerMessage(57, LogLevel.Warning,
        "Experiment {Experiment} replaces the registration of {Service} by {Implementation}, which is none of its variants and is not served any more. Add it as a variant, or remove its registration.", EventName = "RegistrationReplaced")]
    private partial void LogDropped(string experiment, Type service, string implementation);

    [LoggerMessage(58, LogLevel.Information,
        "Experiment {Experiment} replaces a registration of {Service} by a factory: the variants are served, and what that factory makes is not.", EventName = "FactoryReplaced")]
    private partial void LogFactoryDropped(string experiment, Type service);
}
