using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Warns at start-up about setups that are allowed but rarely intended, and that would otherwise be silently wrong.</summary>
internal sealed partial class StartupReview(
    IServiceProvider services,
    RegisteredServices registered,
    EventPublisher publisher,
    IEnumerable<ImplicitVariant> implicitVariants,
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
        foreach (var service in registered.TaggedInterfaces().Except(experiments.Select(handle => handle.Setup.Service).OfType<Type>()))
        {
            LogNoExperiment(service, CSharpTypeName.Of(service));
        }

        foreach (var variant in implicitVariants.Where(variant => variant.IsInForce))
        {
            LogImplicitVariant(variant.Service, variant.Variant);
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
                LogOutcomesOff(experiment.Name, setup.Service!);
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
        "Exposure logging is on but no destination is registered, so every exposure is dropped. Call AddInMemoryDataBackplane() or another Add...DataBackplane().", EventName = "NoDestination")]
    private partial void LogNoDestination();

    [LoggerMessage(41, LogLevel.Warning,
        "Experiment {Experiment} serves its variants but records nothing. Call WithExposureLogging() on the builder to record exposures.", EventName = "NothingRecorded")]
    private partial void LogNothingRecorded(string experiment);

    [LoggerMessage(43, LogLevel.Warning,
        "The options have an entry for experiment '{Experiment}', which is not registered, so the entry applies only to exposures that IExposureRecorder records under that name. Check the experiment's name, or remove the entry.", EventName = "OptionsForUnknownExperiment")]
    private partial void LogUnknownExperiment(string experiment);

    [LoggerMessage(44, LogLevel.Information,
        "Experiment {Experiment} does not fall back to control, although its interface sets FallbackToControl = true. Call OnErrorFallbackToControl() on the trial to enable the fallback.", EventName = "FallbackUnused")]
    private partial void LogFallbackUnused(string experiment);

    [LoggerMessage(45, LogLevel.Warning,
        "{Service} was registered with a factory that the experiment replaces. Variant {Variant} is not registered, so the container creates it without that factory. Register {Variant} explicitly.", EventName = "ImplicitVariantWithFactory")]
    private partial void LogImplicitVariant(Type service, Type variant);

    [LoggerMessage(46, LogLevel.Warning,
        "The configuration has the section '{Section}', which the data plane does not read. Check its name against docs/reference/configuration.md, or move it out of 'DataPlane' if it is not meant for the data plane.", EventName = "UnknownConfigurationSection")]
    private partial void LogUnreadSection(string section);

    [LoggerMessage(48, LogLevel.Warning,
        "{Service} is tagged with [ExposureLogged] and registered, but it belongs to no experiment, so its calls are not recorded. Add Trial<{Name}>(...) to AddExperimentFramework, or call AddExposureLogging<{Name}>(...).", EventName = "ServiceWithoutExperiment")]
    private partial void LogNoExperiment(Type service, string name);

    [LoggerMessage(49, LogLevel.Warning, "Experiment {Experiment} serves control to all subjects: {Missing} Until it does, subjects are not split.", EventName = "SelectorMissing")]
    private partial void LogSelectorMissing(string experiment, string missing);

    [LoggerMessage(51, LogLevel.Warning,
        "An assignment store is registered, but no experiment uses it. Call WithPolicy(AssignmentPolicy.SubjectSticky) or WithPolicy(AssignmentPolicy.GloballySticky) on a trial, or remove the store.", EventName = "StoreUnused")]
    private partial void LogStoreUnused();

    [LoggerMessage(52, LogLevel.Warning,
        "An outbox is registered, but no destination has a queue, so the outbox stays empty. Add a queued destination, or remove the outbox.", EventName = "OutboxUnused")]
    private partial void LogOutboxUnused();

    [LoggerMessage(53, LogLevel.Warning,
        "Experiment {Experiment} records no outcomes: {Service} sets RecordOutcomes = true, but the option EnableOutcomeEvents is false. Set it to true to record them.", EventName = "OutcomesDisabled")]
    private partial void LogOutcomesOff(string experiment, Type service);

    [LoggerMessage(54, LogLevel.Warning,
        "Experiment {Experiment} has only one variant, '{Variant}', so there is nothing to compare. Add another with AddVariant.", EventName = "SingleVariant")]
    private partial void LogNoVariant(string experiment, string variant);

    [LoggerMessage(55, LogLevel.Warning,
        "Experiment {Experiment} serves variant '{Variant}' to all subjects, because only its weight is above 0. Give another variant a weight above 0.", EventName = "AllWeightOnOneVariant")]
    private partial void LogOneVariantOnly(string experiment, string variant);

    [LoggerMessage(57, LogLevel.Warning,
        "Experiment {Experiment} replaces the registration of {Service} as {Implementation}, which is not one of its variants and is no longer served. Add it as a variant, or remove its registration.", EventName = "RegistrationReplaced")]
    private partial void LogDropped(string experiment, Type service, string implementation);

    [LoggerMessage(58, LogLevel.Information,
        "Experiment {Experiment} replaces a factory registration of {Service}. The variants are served instead of the factory's result.", EventName = "FactoryReplaced")]
    private partial void LogFactoryDropped(string experiment, Type service);
}
