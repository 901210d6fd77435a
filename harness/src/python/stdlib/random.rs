//! The `random` module, once it is seeded: CPython's generator gives the same numbers for the same integer seed.
//!
//! Without a seed nothing is drawn: what a page shows could not be compared.

use crate::python::args::{Args, Signature};
use crate::python::builtins::{construct_with, convert};
use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::{Int, Value, fresh_identity};
use num_bigint::BigInt;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

const SIZE: usize = 624;
const SHIFT: usize = 397;

/// The Mersenne Twister, as published by Matsumoto and Nishimura.
struct Twister {
    words: Vec<u32>,
    at: usize,
}

impl Twister {
    fn from_number(seed: u32) -> Twister {
        let mut words = vec![seed; SIZE];
        for index in 1..SIZE {
            let before = words[index - 1];
            words[index] = 1_812_433_253_u32.wrapping_mul(before ^ (before >> 30)).wrapping_add(index as u32);
        }
        Twister { words, at: SIZE }
    }

    fn from_key(key: &[u32]) -> Twister {
        let mut made = Twister::from_number(19_650_218);
        let words = &mut made.words;
        let (mut place, mut source) = (1, 0);
        for _ in 0..SIZE.max(key.len()) {
            let before = words[place - 1];
            words[place] = (words[place] ^ (before ^ (before >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(key[source])
                .wrapping_add(source as u32);
            (place, source) = (place + 1, (source + 1) % key.len());
            if place == SIZE {
                words[0] = words[SIZE - 1];
                place = 1;
            }
        }
        for _ in 1..SIZE {
            let before = words[place - 1];
            words[place] = (words[place] ^ (before ^ (before >> 30)).wrapping_mul(1_566_083_941))
                .wrapping_sub(place as u32);
            place += 1;
            if place == SIZE {
                words[0] = words[SIZE - 1];
                place = 1;
            }
        }
        words[0] = 0x8000_0000;
        made
    }

    fn next(&mut self) -> u32 {
        if self.at == SIZE {
            for index in 0..SIZE {
                let mixed =
                    (self.words[index] & 0x8000_0000) | (self.words[(index + 1) % SIZE] & 0x7fff_ffff);
                let twist = if mixed & 1 == 0 { 0 } else { 0x9908_b0df };
                self.words[index] = self.words[(index + SHIFT) % SIZE] ^ (mixed >> 1) ^ twist;
            }
            self.at = 0;
        }
        let mut word = self.words[self.at];
        self.at += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    fn fraction(&mut self) -> f64 {
        let (high, low) = (self.next() >> 5, self.next() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    fn bits(&mut self, count: u32) -> u64 {
        match count {
            0 => 0,
            1..=32 => u64::from(self.next() >> (32 - count)),
            _ => {
                let low = u64::from(self.next());
                let high = u64::from(self.next() >> (64 - count.min(64)));
                (high << 32) | low
            }
        }
    }

    /// Words of 32 bits, the lowest first; the last is cut to what is left.
    fn many_bits(&mut self, count: u32) -> BigInt {
        let whole = (0..count / 32).map(|_| 32);
        let rest = (!count.is_multiple_of(32)).then_some(count % 32);
        let words = whole.chain(rest).map(|bits| self.next() >> (32 - bits)).collect();
        BigInt::from(num_bigint::BigUint::new(words))
    }

    /// A number below a bound that is not zero.
    fn below(&mut self, bound: u64) -> u64 {
        let count = 64 - bound.leading_zeros();
        loop {
            let drawn = self.bits(count);
            if drawn < bound {
                return drawn;
            }
        }
    }
}

/// Bits that are drawn at once, at most.
const MOST_BITS: u32 = 1 << 16;

/// `random.Random`, and what the module's functions share.
struct Generator {
    state: RefCell<Option<Twister>>,
    id: u64,
}

const NAMES: [&str; 11] = [
    "seed",
    "random",
    "randint",
    "randrange",
    "choice",
    "choices",
    "shuffle",
    "sample",
    "uniform",
    "getrandbits",
    "randbytes",
];

pub(super) fn install(interp: &mut Interp) {
    let class = interp.foreign_class("random", "Random");
    construct_with(&class, |interp, _, args| {
        let generator = Rc::new(Generator { state: RefCell::new(None), id: fresh_identity() });
        if !args.positional.is_empty() {
            seed(interp, &generator, args)?;
        }
        Ok(Value::Object(generator))
    });
    interp.register_module("random", |interp| {
        let module = Module::new("random");
        module.dict.set("Random", Value::Class(interp.foreign_class("random", "Random")));
        let shared = Rc::new(Generator { state: RefCell::new(None), id: fresh_identity() });
        for name in NAMES {
            let shared = shared.clone();
            module.dict.set(name, Value::native(name, move |interp, args| run(interp, &shared, name, args)));
        }
        Ok(Rc::new(module))
    });
}

fn seed(interp: &mut Interp, generator: &Generator, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("seed", "a=, version=").bind(interp, args)?;
    let number = match bound.take(0).as_ref().map(convert::whole) {
        Some(Some(number)) => number,
        Some(None) => return Err(Stop::unsupported("a random seed that is no integer")),
        None => return Err(Stop::unsupported("random numbers without a seed")),
    };
    let (_, mut key) = number.to_big().to_u32_digits();
    if key.is_empty() {
        key.push(0);
    }
    interp.charge(2000 + key.len() as u64)?;
    *generator.state.borrow_mut() = Some(Twister::from_key(&key));
    Ok(Value::None)
}

/// Draws with the generator's state.
fn draw<T>(interp: &mut Interp, generator: &Generator, how: impl FnOnce(&mut Twister) -> T) -> PyResult<T> {
    interp.charge(2)?;
    match &mut *generator.state.borrow_mut() {
        Some(twister) => Ok(how(twister)),
        None => Err(Stop::unsupported("random numbers without a seed")),
    }
}

fn word(interp: &mut Interp, value: &Value) -> PyResult<i64> {
    match convert::int_of(interp, value)? {
        Int::Small(small) => Ok(small),
        Int::Big(_) => Err(Stop::unsupported("random numbers beyond 64 bits")),
    }
}

fn run(interp: &mut Interp, generator: &Rc<Generator>, name: &str, args: Args) -> PyResult<Value> {
    match name {
        "seed" => seed(interp, generator, args),
        "random" => {
            let [] = args.exactly(interp, "random")?;
            draw(interp, generator, Twister::fraction).map(Value::Float)
        }
        "uniform" => {
            let [from, to] = args.exactly(interp, "uniform")?;
            let (from, to) = (convert::real(interp, &from)?, convert::real(interp, &to)?);
            draw(interp, generator, |twister| from + (to - from) * twister.fraction()).map(Value::Float)
        }
        "getrandbits" => {
            let [count] = args.exactly(interp, "getrandbits")?;
            match u32::try_from(interp.index(&count)?) {
                Ok(count @ 0..=MOST_BITS) => {
                    draw(interp, generator, |twister| twister.many_bits(count)).map(Value::big)
                }
                _ => Err(Stop::unsupported("random numbers beyond 65536 bits")),
            }
        }
        "randint" => {
            let [from, to] = args.exactly(interp, "randint")?;
            let (from, to) = (word(interp, &from)?, word(interp, &to)?);
            match to.checked_add(1) {
                Some(end) => range(interp, generator, from, end, 1),
                None => Err(Stop::unsupported("random numbers beyond 64 bits")),
            }
        }
        "randrange" => {
            let [first, second, step] = args.between(interp, "randrange", 1)?;
            let first = word(interp, &first.unwrap_or(Value::None))?;
            let step = match step {
                Some(step) => word(interp, &step)?,
                None => 1,
            };
            match second {
                Some(second) => {
                    let second = word(interp, &second)?;
                    range(interp, generator, first, second, step)
                }
                None => range(interp, generator, 0, first, 1),
            }
        }
        "choice" => {
            let [items] = args.exactly(interp, "choice")?;
            let length = interp.len(&items)? as u64;
            if length == 0 {
                return Err(interp.raise("IndexError", "Cannot choose from an empty sequence"));
            }
            let at = draw(interp, generator, |twister| twister.below(length))?;
            interp.get_item(&items, &Value::from(at as i64))
        }
        "choices" => {
            let mut bound =
                Signature::new("choices", "population, weights=, *, cum_weights=, k=").bind(interp, args)?;
            if bound.take(1).is_some_and(|weights| !weights.is_none()) || bound.take(2).is_some() {
                return Err(Stop::unsupported("weighted random choices"));
            }
            let items = interp.iterate(&bound.take(0).unwrap_or(Value::None))?;
            let count = match bound.take(3) {
                Some(count) => usize::try_from(interp.index(&count)?).unwrap_or(0),
                None => 1,
            };
            if items.is_empty() {
                return Err(interp.raise("IndexError", "Cannot choose from an empty population"));
            }
            interp.charge_bytes(count.saturating_mul(32))?;
            let mut chosen = Vec::with_capacity(count);
            for _ in 0..count {
                let fraction = draw(interp, generator, Twister::fraction)?;
                let at = (fraction * items.len() as f64).floor() as usize;
                chosen.push(items[at.min(items.len() - 1)].clone());
            }
            Ok(Value::list(chosen))
        }
        "shuffle" => {
            let [items] = args.exactly(interp, "shuffle")?;
            for at in (1..interp.len(&items)?).rev() {
                let other = draw(interp, generator, |twister| twister.below(at as u64 + 1))?;
                let (at, other) = (Value::size(at), Value::from(other as i64));
                let (first, second) = (interp.get_item(&items, &at)?, interp.get_item(&items, &other)?);
                interp.set_item(&items, &at, second)?;
                interp.set_item(&items, &other, first)?;
            }
            Ok(Value::None)
        }
        "sample" => {
            let mut bound = Signature::new("sample", "population, k, *, counts=").bind(interp, args)?;
            let mut pool = interp.iterate(&bound.take(0).unwrap_or(Value::None))?;
            let count = interp.index(&bound.take(1).unwrap_or(Value::None))?;
            let count = usize::try_from(count).ok().filter(|count| *count <= pool.len());
            let Some(count) = count else {
                return Err(interp.raise("ValueError", "Sample larger than population or is negative"));
            };
            // Large populations are sampled by rejection: the numbers drawn are others than with a pool.
            let mut most = 21;
            if count > 5 {
                most += 4_usize.pow((count as f64 * 3.0).log(4.0).ceil() as u32);
            }
            let mut chosen = Vec::with_capacity(count);
            if pool.len() <= most {
                for drawn in 0..count {
                    let left = pool.len() - drawn;
                    let at = draw(interp, generator, |twister| twister.below(left as u64))? as usize;
                    chosen.push(pool[at].clone());
                    pool[at] = pool[left - 1].clone();
                }
            } else {
                let mut taken = std::collections::BTreeSet::new();
                while chosen.len() < count {
                    let at = draw(interp, generator, |twister| twister.below(pool.len() as u64))? as usize;
                    if taken.insert(at) {
                        chosen.push(pool[at].clone());
                    }
                }
            }
            Ok(Value::list(chosen))
        }
        _ => Err(Stop::unsupported(format!("random.{name}()"))),
    }
}

fn range(interp: &mut Interp, generator: &Generator, from: i64, to: i64, step: i64) -> PyResult<Value> {
    let range = crate::python::value::Range { start: from, stop: to, step };
    if step == 0 {
        return Err(interp.raise("ValueError", "zero step for randrange()"));
    }
    if range.is_empty() {
        let width = to.saturating_sub(from);
        return Err(
            interp.raise("ValueError", format!("empty range for randrange() ({from}, {to}, {width})"))
        );
    }
    let at = draw(interp, generator, |twister| twister.below(range.len()))?;
    Ok(Value::from(range.get(at)))
}

impl Object for Generator {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Random"
    }

    fn type_module(&self) -> &'static str {
        "random"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        interp.foreign_class("random", "Random")
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let Some(name) = NAMES.into_iter().find(|known| *known == name) else { return Ok(None) };
        let Value::Object(object) = this else { return Ok(None) };
        let object = object.clone();
        Ok(Some(Value::native(name, move |interp, args| {
            let state =
                object.as_any().downcast_ref::<Generator>().and_then(|own| own.state.borrow_mut().take());
            let borrowed = Rc::new(Generator { state: RefCell::new(state), id: 0 });
            let result = run(interp, &borrowed, name, args);
            if let Some(own) = object.as_any().downcast_ref::<Generator>() {
                *own.state.borrow_mut() = borrowed.state.borrow_mut().take();
            }
            result
        })))
    }
}
