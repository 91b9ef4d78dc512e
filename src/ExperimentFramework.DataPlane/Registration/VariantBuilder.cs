namespace ExperimentFramework.DataPlane;

/// <summary>Configures one variant of an experiment without an interface.</summary>
public sealed class VariantBuilder
{
    private readonly string _key;
    private readonly ValueDeclarations _values;
    private readonly Func<string, double, VariantBuilder> _addVariant;

    internal VariantBuilder(string key, ValueDeclarations values, Func<string, double, VariantBuilder> addVariant)
    {
        _key = key;
        _values = values;
        _addVariant = addVariant;
    }

    /// <summary>
    /// Sets a value of the variant, which decisions return with <see cref="ExperimentDecision.GetValue"/>. Every variant must have the value: set it on each
    /// of them, or declare a default with <c>AddValue</c> on the experiment.
    /// </summary>
    /// <typeparam name="T">The value's type; the same for all variants.</typeparam>
    /// <param name="name">The value's name: 1 to 256 characters; compared case-insensitively.</param>
    /// <param name="value">The value.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    public VariantBuilder WithValue<T>(string name, T value)
        where T : notnull, IParsable<T>
    {
        _values.Set(_key, name, value);
        return this;
    }

    /// <summary>Adds another variant to the same experiment.</summary>
    /// <param name="key">The variant's key in every event; unique in the experiment, compared case-insensitively.</param>
    /// <param name="weight">The variant's weight relative to the others: zero or more. Default: 1.</param>
    /// <returns>The other variant's builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is null or empty.</exception>
    public VariantBuilder AddVariant(string key, double weight = 1) => _addVariant(key, weight);
}
