using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>A captured attribute of a call. Numbers are stored as numbers, so that nothing is boxed on the caller's thread.</summary>
internal readonly struct AttributeSlot
{
    /// <summary>The markers in <see cref="_reference"/> for values that are stored in <see cref="_bits"/>, and the boxed Booleans.</summary>
    private static readonly object Long = new(), Double = new(), True = true, False = false;

    private readonly object? _reference;
    private readonly long _bits;

    private AttributeSlot(string name, object? reference, long bits = 0)
    {
        Name = name;
        _reference = reference;
        _bits = bits;
    }

    public string Name { get; }

    /// <summary>The value in a type that events can carry.</summary>
    public object? Value =>
        ReferenceEquals(_reference, Long) ? _bits
        : ReferenceEquals(_reference, Double) ? BitConverter.Int64BitsToDouble(_bits)
        : _reference;

    /// <summary>Captures a value in a type that events can carry. Never throws, because the value belongs to the application.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="maxLength">The maximum number of characters in a string and of items in a collection.</param>
    public static AttributeSlot Of<T>(string name, T value, int maxLength)
    {
        // The type comparisons are resolved when the method is compiled for T.
        if (typeof(T) == typeof(int))
        {
            return new AttributeSlot(name, Long, Unsafe.BitCast<T, int>(value));
        }

        if (typeof(T) == typeof(long))
        {
            return new AttributeSlot(name, Long, Unsafe.BitCast<T, long>(value));
        }

        if (typeof(T) == typeof(double))
        {
            return new AttributeSlot(name, Double, Unsafe.BitCast<T, long>(value));
        }

        if (typeof(T) == typeof(float))
        {
            return new AttributeSlot(name, Double, BitConverter.DoubleToInt64Bits(Unsafe.BitCast<T, float>(value)));
        }

        if (typeof(T) == typeof(bool))
        {
            return new AttributeSlot(name, Unsafe.BitCast<T, bool>(value) ? True : False);
        }

        if (value is string text)
        {
            return new AttributeSlot(name, WellFormedText.Of(Truncation.Truncate(text, maxLength)));
        }

        // Everything else is rare enough to be boxed.
        return new AttributeSlot(name, AttributeConversion.Capture(value, maxLength));
    }
}
