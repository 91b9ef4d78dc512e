namespace ExperimentFramework.DataPlane;

/// <summary>
/// Configures an experiment without an interface, which is decided by its name with <see cref="IExperiments"/>: its variants and their values, how a
/// variant is selected, and which exposures are recorded.
/// </summary>
public sealed class ExperimentBuilder : ExperimentSettingsBuilder<ExperimentBuilder>
{
    private readonly List<(string Key, double Weight)> _variants = [];
    private readonly ValueDeclarations _values;
    private int _controls;

    internal ExperimentBuilder() => _values = new ValueDeclarations(Errors);

    /// <summary>Adds the baseline. Every experiment has exactly one.</summary>
    /// <param name="key">The baseline's key in every event. Default: <c>control</c>.</param>
    /// <param name="weight">The variant's weight relative to the others: zero or more. Default: 1.</param>
    /// <returns>A builder that sets the variant's values and adds more variants.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public VariantBuilder AddControl(string key = VariantKeys.Control, double weight = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);

        // Control is always first, whenever it is added.
        _variants.Insert(0, (key, weight));
        _controls++;
        return new VariantBuilder(key, _values, AddVariant);
    }

    /// <summary>Adds a variant.</summary>
    /// <param name="key">The variant's key in every event; unique in the experiment, compared case-insensitively.</param>
    /// <param name="weight">The variant's weight relative to the others: zero or more. Default: 1.</param>
    /// <returns>A builder that sets the variant's values and adds more variants.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public VariantBuilder AddVariant(string key, double weight = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        RequireNotControl(key, "AddControl()");
        _variants.Add((key, weight));
        return new VariantBuilder(key, _values, AddVariant);
    }

    /// <summary>
    /// Declares a value that every variant has. A variant overrides it with <see cref="VariantBuilder.WithValue"/>, and the configuration with
    /// <c>DataPlane:Experiments:{experiment}:Variants:{variant}:{name}</c>. Reloads take effect; a value that cannot be parsed prevents the host from starting, and at a reload leaves
    /// the last values in force.
    /// </summary>
    /// <typeparam name="T">The value's type, parsed in the invariant culture: a number, <see cref="bool"/>, <see cref="string"/>, <see cref="TimeSpan"/> and so on.</typeparam>
    /// <param name="name">The value's name: 1 to 256 characters; unique in the experiment, compared case-insensitively.</param>
    /// <param name="defaultValue">The value of variants that do not set one.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="defaultValue"/> is null.</exception>
    public ExperimentBuilder AddValue<T>(string name, T defaultValue)
        where T : notnull, IParsable<T>
    {
        _values.Add(name, defaultValue);
        return this;
    }

    internal DeclaredExperiment Build(string name)
    {
        Check(_variants, _controls, typeParameter: "");
        var values = _values.Build([.. _variants.Select(variant => variant.Key)]);
        Errors.CheckRecording(Semantics, SamplingRate);
        Errors.CheckName(name);
        Errors.ThrowIfAny(name);
        return new DeclaredExperiment(
            new RecordingDescriptor(name, LogsExposures: true, Semantics, SamplingRate),
            new AssignmentDescriptor(
                new TrialVariantSet([.. _variants.Select((variant, index) => new Variant(index, variant.Key, Build: null, index))]),
                provider => Selector.Create(provider, name, _variants),
                Policy,
                Overrides,
                OverridesSection),
            Selector,
            values);
    }
}
