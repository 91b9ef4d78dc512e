namespace ExperimentFramework.DataPlane;

/// <summary>Builds the experiments of an application, for <c>services.AddExperimentFramework(builder)</c>.</summary>
public sealed class ExperimentFrameworkBuilder
{
    private readonly List<ITrial> _trials = [];

    internal IReadOnlyList<ITrial> Trials => _trials;

    internal bool LogsExposures { get; private set; }

    /// <summary>Creates a builder.</summary>
    /// <returns>An empty builder.</returns>
    public static ExperimentFrameworkBuilder Create() => new();

    /// <summary>Enables the recording of exposures. Without this call variants are served and nothing is recorded.</summary>
    /// <returns>This builder.</returns>
    public ExperimentFrameworkBuilder WithExposureLogging()
    {
        LogsExposures = true;
        return this;
    }

    /// <summary>Adds an experiment, named by the interface's attribute or, if that sets no name, after the interface.</summary>
    /// <typeparam name="TService">The interface tagged with <see cref="ExposureLoggedAttribute"/>.</typeparam>
    /// <param name="configure">Configures the experiment.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">The experiment cannot start; the message says why.</exception>
    public ExperimentFrameworkBuilder Trial<TService>(Action<TrialBuilder<TService>> configure)
        where TService : class =>
        Add(null, configure);

    /// <summary>Adds an experiment with an explicit name, which is also the key of its keyed services.</summary>
    /// <typeparam name="TService">The interface tagged with <see cref="ExposureLoggedAttribute"/>.</typeparam>
    /// <param name="name">The experiment's name.</param>
    /// <param name="configure">Configures the experiment.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> or <paramref name="configure"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The experiment cannot start; the message says why.</exception>
    public ExperimentFrameworkBuilder Trial<TService>(string name, Action<TrialBuilder<TService>> configure)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(name);
        return Add(name, configure);
    }

    /// <summary>
    /// Adds an experiment without an interface: its variants are keys, and <see cref="IExperiments"/> decides it by its name.
    /// </summary>
    /// <param name="name">The experiment's name.</param>
    /// <param name="configure">Configures the experiment.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> or <paramref name="configure"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The experiment cannot start; the message says why.</exception>
    public ExperimentFrameworkBuilder Experiment(string name, Action<ExperimentBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new ExperimentBuilder();
        configure(builder);
        return Add(builder.Build(name), "Experiment(name, ...)");
    }

    private ExperimentFrameworkBuilder Add<TService>(string? name, Action<TrialBuilder<TService>> configure)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(configure);
        var proxy = RequiredProxy.Of<TService>("Trial");
        var builder = new TrialBuilder<TService>();
        configure(builder);
        return Add(builder.Build(name, proxy), $"Trial<{CSharpTypeName.Of(typeof(TService))}>(name, ...)");
    }

    private ExperimentFrameworkBuilder Add(ITrial trial, string call)
    {
        if (_trials.Any(other => other.ExperimentName == trial.ExperimentName))
        {
            throw new InvalidOperationException($"Two experiments are named '{trial.ExperimentName}'. Give one of them another name with {call}.");
        }

        _trials.Add(trial);
        return this;
    }
}
