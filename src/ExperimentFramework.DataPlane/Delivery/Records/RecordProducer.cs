using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// One thread's part of the record queue: the owning thread writes, and the only reader reads. They synchronize through
/// <see cref="Committed"/> only.
/// </summary>
[DebuggerStepThrough]
internal sealed class RecordProducer
{
    private readonly QueueCredits _credits;
    private readonly RecordSegmentPool _segments;
    private readonly RecordSequence _numbers;
    private readonly BatchFullSignal _batchFull;
    private readonly Thread _owner = Thread.CurrentThread;

    private RecordSegment _writeSegment;
    private EventRecord[] _records;
    private int _writeIndex;
    private int _leased;
    private long _nextNumber;
    private long _committed;

    private RecordSegment _readSegment;
    private int _readIndex;
    private long _read;

    public RecordProducer(QueueCredits credits, RecordSegmentPool segments, RecordSequence numbers, BatchFullSignal batchFull)
    {
        _credits = credits;
        _segments = segments;
        _numbers = numbers;
        _batchFull = batchFull;
        _readSegment = _writeSegment = segments.Rent();
        _records = _writeSegment.Records;
    }

    /// <summary>For the owner: the record to fill in between <see cref="TryReserve"/> and <see cref="Commit()"/>.</summary>
    public ref EventRecord Reserved => ref _records[_writeIndex];

    /// <summary>The total number of committed records.</summary>
    public long Committed => Volatile.Read(ref _committed);

    /// <summary>The total number of records that were read.</summary>
    public long Read => Volatile.Read(ref _read);

    /// <summary>For the reader: whether the owning thread has ended and will commit no more records.</summary>
    public bool IsOwnerGone => !_owner.IsAlive;

    /// <summary>For the reader: the number of records at which the current sweep ends.</summary>
    public long SweepEnd { get; set; }

    /// <summary>For the reader: the number of records that it is to read.</summary>
    public long Target { get; set; }

    /// <summary>For the reader: the oldest unread record. There must be one.</summary>
    public ref EventRecord Oldest
    {
        get
        {
            if (_readIndex == RecordSegment.Size)
            {
                var read = _readSegment;
                _readSegment = read.Next!;
                _readIndex = 0;
                _segments.Return(read);
            }

            return ref _readSegment.Records[_readIndex];
        }
    }

    /// <summary>For the owner: reserves a slot.</summary>
    /// <returns>False if the queue is full.</returns>
    public bool TryReserve()
    {
        if (_leased == 0 && !TryLease())
        {
            return false;
        }

        if (_writeIndex == RecordSegment.Size)
        {
            var next = _segments.Rent();
            _writeSegment.Next = next;
            _writeSegment = next;
            _records = next.Records;
            _writeIndex = 0;
        }

        return true;
    }

    /// <summary>For the owner: passes the reserved record to the reader.</summary>
    /// <returns>The record's number in this process.</returns>
    public long Commit() => Commit(_nextNumber++);

    /// <summary>For the owner: passes the reserved record to the reader, with a number that it already has.</summary>
    public long Commit(long number)
    {
        _records[_writeIndex].Number = number;
        _writeIndex++;
        _leased--;
        Volatile.Write(ref _committed, _committed + 1);
        if (_batchFull.IsArmed)
        {
            _batchFull.Committed();
        }

        return number;
    }

    /// <summary>For the reader: advances to the next record.</summary>
    public void Advance()
    {
        _readIndex++;
        Volatile.Write(ref _read, _read + 1);
    }

    /// <summary>For the reader, after the owner has ended and all records were read: gives back leased slots and segments.</summary>
    public void Retire()
    {
        _credits.GiveBack(_leased);
        _leased = 0;
        _segments.Return(_readSegment);
    }

    private bool TryLease()
    {
        _leased = _credits.Lease();
        if (_leased > 0)
        {
            _nextNumber = _numbers.Reserve(_credits.LeaseSize);
        }

        _batchFull.Leased(_credits);
        return _leased > 0;
    }
}
