using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>Collects the values that an experiment and its variants declare.</summary>
internal sealed class ValueDeclarations(ExperimentValidationErrors errors)
{
    private readonly List<DeclaredValue> _values = [];

    /// <summary>Declares a value with a default.</summary>
    public void Add<T>(string name, T defaultValue)
        where T : notnull, IParsable<T>
    {
        ArgumentNullException.ThrowIfNull(defaultValue);
        var value = Declare<T>(name);
        RequireFinite(defaultValue, $"value '{name}'", "AddValue");
        if (value.Default is not null)
        {
            errors.Add($"The value '{name}' is declared twice. Keep one AddValue call.");
        }

        value.Default = defaultValue;
    }

    /// <summary>Sets a value of a variant.</summary>
    public void Set<T>(string variantKey, string name, T value)
        where T : notnull, IParsable<T>
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireFinite(value, $"value '{name}' of variant '{variantKey}'", "WithValue");
        if (!Declare<T>(name).TrySet(variantKey, value))
        {
            errors.Add($"Variant '{variantKey}' sets the value '{name}' twice. Keep one WithValue call.");
        }
    }

    /// <summary>Returns the values, each of which every variant must have; null if there are none.</summary>
    public DeclaredValues? Build(IReadOnlyList<string> variantKeys)
    {
        foreach (var value in _values)
        {
            foreach (var key in variantKeys.Where(key => value.Of(key) is null))
            {
                errors.Add($"Variant '{key}' has no value '{value.Name}'. Call WithValue(\"{value.Name}\", ...) on the variant, or AddValue(\"{value.Name}\", ...) on the experiment for a default.");
            }
        }

        return _values.Count == 0 ? null : new DeclaredValues(_values, variantKeys);
    }

    private void RequireFinite(object value, string what, string call)
    {
        if (!DeclaredValue.IsFinite(value))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"The {what} is {value}; it must be a finite number. Pass another one to {call}."));
        }
    }

    private DeclaredValue Declare<T>(string name)
        where T : notnull, IParsable<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_values.Find(declared => declared.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            if (known.Type != typeof(T))
            {
                errors.Add($"The value '{name}' is declared as {known.TypeName} and as {CSharpTypeName.Of(typeof(T))}. Use one type for all variants.");
            }

            return known;
        }

        if (NameRules.Validate(name) is { } error)
        {
            errors.Add($"The value name '{name}' {error}. Use a short name, such as 'discount', in AddValue and WithValue.");
        }

        var value = DeclaredValue.Of<T>(name);
        _values.Add(value);
        return value;
    }
}
