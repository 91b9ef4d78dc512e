using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>A value that the variants of an experiment have: its type, and what each variant sets it to in code.</summary>
internal sealed class DeclaredValue
{
    private readonly Func<string, object?> _parse;
    private readonly Dictionary<string, object> _byVariant = new(StringComparer.OrdinalIgnoreCase);

    private DeclaredValue(string name, Type type, Func<string, object?> parse)
    {
        Name = name;
        Type = type;
        _parse = parse;
    }

    public string Name { get; }

    public Type Type { get; }

    /// <summary>The name of the type as C# writes it.</summary>
    public string TypeName => CSharpTypeName.Of(Type);

    /// <summary>The value of variants that do not set one; null if there is no default.</summary>
    public object? Default { get; set; }

    public static DeclaredValue Of<T>(string name)
        where T : notnull, IParsable<T> =>
        new(name, typeof(T), static text => !IsAmbiguous<T>(text) && T.TryParse(text, CultureInfo.InvariantCulture, out var value) && IsFinite(value) ? value : null);

    /// <summary>Returns whether a value can be used: one that is not a finite number cannot.</summary>
    public static bool IsFinite(object value) => value switch
    {
        double number => double.IsFinite(number),
        float number => float.IsFinite(number),
        Half number => Half.IsFinite(number),
        _ => true,
    };

    /// <summary>Sets the value of a variant.</summary>
    /// <returns>False if the variant has one already.</returns>
    public bool TrySet(string variantKey, object value) => _byVariant.TryAdd(variantKey, value);

    /// <summary>Returns the value of a variant that the configuration does not set; null if there is none.</summary>
    public object? Of(string variantKey) => _byVariant.GetValueOrDefault(variantKey) ?? Default;

    /// <summary>Parses a configured value; null if it is not valid for the type. The type may be the application's, and its parser may throw.</summary>
    public object? Parse(string text) => _parse(text);

    /// <summary>Returns whether .NET would skip a comma in the text of a fraction: <c>12,5</c> is 125 in the invariant culture.</summary>
    private static bool IsAmbiguous<T>(string text) =>
        (typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(decimal) || typeof(T) == typeof(Half)) && text.Contains(',', StringComparison.Ordinal);
}
