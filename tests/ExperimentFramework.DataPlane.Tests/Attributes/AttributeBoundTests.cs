using Microsoft.Extensions.DependencyInjection;

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>What a call's attributes can hold is bounded, so that a record is.</summary>
public sealed class AttributeBoundTests
{
    private const int MaxLength = 16;

    [Theory]
    [InlineData("0123456789abcdef", "0123456789abcdef")]
    [InlineData("0123456789abcdefg", "0123456789abcde…")]
    [InlineData("0123456789abcd\ud83d\ude00z", "0123456789abcd…")]
    [InlineData("", "")]
    public async Task Text_is_cut_at_its_bound_and_marked(string text, string kept) => Assert.Equal(kept, await KeptAsync(text));

    [Fact]
    public async Task Collections_keep_their_first_items_and_each_text_is_cut()
    {
        Assert.Equal(Enumerable.Range(0, MaxLength).Select(i => (long)i), Assert.IsType<long[]>(await KeptAsync(Enumerable.Range(0, 100).ToArray())));
        Assert.Equal(["0123456789abcde…", "short"], Assert.IsType<string[]>(await KeptAsync(new[] { "0123456789abcdefg", "short" })));
        var entries = Assert.IsType<Dictionary<string, object?>>(
            await KeptAsync(Enumerable.Range(0, 100).ToDictionary(i => $"k{i}", i => (object?)(i == 0 ? "0123456789abcdefg" : i))));
        Assert.Equal(MaxLength, entries.Count);
        Assert.Equal("0123456789abcde…", entries["k0"]);
    }

    [Fact]
    public async Task Keys_are_cut_like_texts()
    {
        var entries = Assert.IsType<Dictionary<string, object?>>(
            await KeptAsync(new Dictionary<string, object?> { ["0123456789abcdefg"] = 1, [new string('k', 10_000_000)] = new Hashtable { [new string('i', 1_000)] = 2 } }));

        Assert.Equal(["0123456789abcde…", "kkkkkkkkkkkkkkk…"], entries.Keys);
        Assert.Equal("iiiiiiiiiiiiiii…", Assert.Single(((Dictionary<string, object?>)entries["kkkkkkkkkkkkkkk…"]!).Keys));
    }

    [Fact]
    public void A_value_has_a_bounded_number_of_items_in_all_its_collections_together()
    {
        var tree = Tree(depth: 3, width: 10);

        Assert.Equal(MaxLength, Entries(AttributeConversion.Capture(tree, MaxLength)));
        Assert.Equal(15, Entries(AttributeConversion.Capture(tree, 15)));
        Assert.Equal(1_110, Entries(AttributeConversion.Canonical(tree)));
        var arrays = Enumerable.Range(0, 4).ToDictionary(i => $"a{i}", _ => (object?)new[] { 1L, 2, 3, 4, 5, 6, 7, 8, 9, 10 });
        var kept = Assert.IsType<Dictionary<string, object?>>(AttributeConversion.Capture(arrays, MaxLength));
        Assert.Equal([10, 4], kept.Values.Select(items => Assert.IsType<long[]>(items).Length));
    }

    [Fact]
    public void What_no_character_is_left_for_is_not_kept()
    {
        // Eight times 32 characters are 16 times 16.
        var entries = Enumerable.Range(0, 10).ToDictionary(i => $"0123456789-key-{i}", _ => (object?)"0123456789abcdef");
        Assert.Equal(8, Assert.IsType<Dictionary<string, object?>>(AttributeConversion.Capture(entries, MaxLength)).Count);

        entries["0123456789-key-7"] = new[] { "0123456789abcdef", "more" };
        var kept = Assert.IsType<Dictionary<string, object?>>(AttributeConversion.Capture(entries, MaxLength));
        Assert.Equal(["0123456789abcdef"], Assert.IsType<string[]>(kept["0123456789-key-7"]));
    }

    [Fact]
    public void A_value_has_a_bounded_number_of_characters_in_all_its_texts_and_keys_together()
    {
        var texts = Enumerable.Range(0, 1_000).ToDictionary(i => $"key-{i:0000}", _ => (object?)new string('x', 1_000));

        var kept = Assert.IsType<Dictionary<string, object?>>(AttributeConversion.Capture(texts, 100));

        Assert.InRange(kept.Sum(entry => entry.Key.Length + ((string)entry.Value!).Length), 1_500, 1_600);
        Assert.All(kept.Keys, key => Assert.Equal(8, key.Length));
    }

    [Fact]
    public void A_key_is_never_cut_to_what_is_left_of_the_whole_value()
    {
        var keys = Enumerable.Range(0, 16).ToDictionary(i => $"{i:00}-personalpersonal"[..16], i => (object?)(i % 2 == 0 ? "0123456789" : i));

        var kept = Assert.IsType<Dictionary<string, object?>>(AttributeConversion.Capture(keys, MaxLength));

        Assert.InRange(kept.Count, 10, 15);
        Assert.All(kept.Keys, key => Assert.Equal(16, key.Length));
    }

    [Fact]
    public async Task No_more_of_a_list_or_a_dictionary_is_read_than_is_kept()
    {
        var list = new Counting(50_000_000);
        Assert.Equal(MaxLength, Assert.IsType<long[]>(await KeptAsync(list)).Length);
        Assert.Equal(MaxLength, list.Reads);

        var endless = new Endless();
        Assert.Equal(MaxLength, Assert.IsType<Dictionary<string, object?>>(await KeptAsync(endless)).Count);
        Assert.Equal(MaxLength, endless.Reads);
        Assert.Equal(MaxLength, Assert.IsType<Dictionary<string, object?>>(await KeptAsync(new EndlessUntyped())).Count);
    }

    [Fact]
    public void A_long_collection_costs_the_caller_what_is_kept_of_it()
    {
        object[] values =
        [
            Enumerable.Range(0, 1_000_000).ToList(), new long[1_000_000], Enumerable.Repeat("text", 1_000_000).ToArray(), new int[1_000_000],
            Enumerable.Range(0, 200_000).ToDictionary(i => $"{i}", i => (object?)i), new Dictionary<string, object?> { ["a"] = new byte[1_000_000] },
        ];

        foreach (var value in values)
        {
            AttributeSlot.Of("warm-up", value, 1_024);
            var before = GC.GetAllocatedBytesForCurrentThread();
            AttributeSlot.Of("value", value, 1_024);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        }
    }

    [Fact]
    public async Task Values_without_an_end_are_kept_to_their_bound()
    {
        var itself = new Dictionary<string, object?>();
        foreach (var i in Enumerable.Range(0, 10))
        {
            itself[$"{i}"] = itself;
        }

        var list = new ArrayList();
        list.Add(list);
        Assert.InRange(Entries(await KeptAsync(itself)), 1, MaxLength);
        Assert.Equal(["ArrayList"], Assert.IsType<string[]>(await KeptAsync(list)));
        Assert.Equal("<Numbers>d__", ((string)(await KeptAsync(Numbers()))!)[..12]);
    }

    [Fact]
    public async Task A_value_that_throws_is_replaced_by_its_type_and_the_caller_goes_on()
    {
        Assert.Equal("BrokenList", await KeptAsync(new BrokenList()));
        Assert.Equal("BrokenText", await KeptAsync(new BrokenText()));
        var kept = Assert.IsType<Dictionary<string, object?>>(await KeptAsync(new Dictionary<string, object?> { ["a"] = new BrokenText(), ["b"] = 1 }));
        Assert.Equal(("BrokenText", 1L), (kept["a"], kept["b"]));
    }

    [Fact]
    public void Keys_that_become_one_are_settled_at_capture()
    {
        var kept = Assert.IsType<Dictionary<string, object?>>(AttributeConversion.Capture(new Dictionary<string, object?> { ["\ud800"] = 1, ["\ufffd"] = 2, ["\udc00x"] = "a\ud800" }, MaxLength));

        Assert.Equal(new Dictionary<string, object?> { ["\ufffd"] = 2L, ["\ufffdx"] = "a\ufffd" }, kept);
        Assert.Equal("\ufffd", AttributeConversion.Capture('\ud800', MaxLength));
        Assert.Equal(new[] { "\ufffd", "\ud83d\ude00" }, AttributeConversion.Capture(new[] { "\udc00", "\ud83d\ude00" }, MaxLength));
        Assert.Equal("\ufffd", AttributeSlot.Of("a", "\ud800", MaxLength).Value);
    }

    private static Dictionary<string, object?> Tree(int depth, int width) =>
        Enumerable.Range(0, width).ToDictionary(i => $"{i}", i => depth == 1 ? i : (object?)Tree(depth - 1, width));

    private static int Entries(object? value) => (value is ReplacedValue replaced ? replaced.Value : value) is Dictionary<string, object?> entries
        ? entries.Sum(entry => 1 + Entries(entry.Value))
        : 0;

    private static IEnumerable<int> Numbers()
    {
        for (var i = 0; ; i++)
        {
            yield return i;
        }
    }

    private static async Task<object?> KeptAsync(object value)
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<ITagged>(trial => trial.AddControl<Tagged>()),
            options => options.MaxAttributeLength = MaxLength,
            services => services.AddSingleton<Tagged>());
        fixture.Get<ITagged>().Note("u1", value);
        return Assert.Single(fixture.Exposures).Attributes!["value"];
    }

    /// <summary>A list that makes its items when they are asked for.</summary>
    private sealed class Counting(int count) : CollectionBaseList
    {
        public int Reads { get; private set; }

        public override int Count => count;

        public override object? this[int index]
        {
            get
            {
                Reads++;
                return index;
            }
        }
    }

    private sealed class BrokenList : CollectionBaseList
    {
        public override int Count => throw new NotSupportedException();

        public override object? this[int index] => throw new NotSupportedException();
    }

    private abstract class CollectionBaseList : IList
    {
        public abstract int Count { get; }

        public abstract object? this[int index] { get; }

        object? IList.this[int index]
        {
            get => this[index];
            set => throw new NotSupportedException();
        }

        public bool IsFixedSize => true;

        public bool IsReadOnly => true;

        public bool IsSynchronized => false;

        public object SyncRoot => this;

        public int Add(object? value) => throw new NotSupportedException();

        public void Clear() => throw new NotSupportedException();

        public bool Contains(object? value) => throw new NotSupportedException();

        public void CopyTo(Array array, int index) => throw new NotSupportedException();

        public IEnumerator GetEnumerator() => throw new NotSupportedException();

        public int IndexOf(object? value) => throw new NotSupportedException();

        public void Insert(int index, object? value) => throw new NotSupportedException();

        public void Remove(object? value) => throw new NotSupportedException();

        public void RemoveAt(int index) => throw new NotSupportedException();
    }

    private sealed class Endless : IReadOnlyDictionary<string, object?>
    {
        public int Reads { get; private set; }

        public int Count => int.MaxValue;

        public IEnumerable<string> Keys => throw new NotSupportedException();

        public IEnumerable<object?> Values => throw new NotSupportedException();

        public object? this[string key] => throw new NotSupportedException();

        public bool ContainsKey(string key) => throw new NotSupportedException();

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value) => throw new NotSupportedException();

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            while (true)
            {
                Reads++;
                yield return new($"{Reads}", Reads);
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class EndlessUntyped : Hashtable
    {
        public override IDictionaryEnumerator GetEnumerator() => new Entries();

        private sealed class Entries : IDictionaryEnumerator
        {
            private int _index;

            public object Current => Entry;

            public DictionaryEntry Entry => new($"{_index}", _index);

            public object Key => Entry.Key;

            public object? Value => Entry.Value;

            public bool MoveNext() => ++_index > 0;

            public void Reset() => _index = 0;
        }
    }

    private sealed class BrokenText : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => throw new NotSupportedException();
    }
}

[ExposureLogged("tagged")]
public interface ITagged
{
    void Note([ExposureSubject] string subject, [ExposureAttribute] object value);
}

public sealed class Tagged : ITagged
{
    public void Note(string subject, object value)
    {
    }
}
