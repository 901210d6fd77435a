import collections.abc
import typing
from typing import *


def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__, str(error))


class X:
    pass


T = TypeVar("T")


class Box(Generic[T]):
    def __init__(self, item: T):
        self.item = item


show(lambda: List[int])
show(lambda: List['Child'])
show(lambda: Optional[int])
show(lambda: Optional['X'])
show(lambda: Union[int,str])
show(lambda: Union[int,None])
show(lambda: Union[int,str,None])
show(lambda: Optional[Union[int,str]])
show(lambda: Union[int])
show(lambda: Dict[str,Any])
show(lambda: List)
show(lambda: Any)
show(lambda: Optional)
show(lambda: Callable[[int],str])
show(lambda: Callable[...,Any])
show(lambda: Callable)
show(lambda: Literal['a',1])
show(lambda: Annotated[int,'x'])
show(lambda: ClassVar[int])
show(lambda: T)
show(lambda: Generic[T])
show(lambda: List[T])
show(lambda: List[T][int])
show(lambda: Type[X])
show(lambda: Tuple[int,...])
show(lambda: List[None])
show(lambda: List[int] | None)
show(lambda: int | List[int])
show(lambda: Optional[List['X']])
show(lambda: Iterable[int])
show(lambda: Mapping[str,int])
show(lambda: collections.abc.Iterable)
show(lambda: collections.abc.Iterable[int])
show(lambda: list['X'])
show(lambda: int|None)
show(lambda: Final[int])
show(lambda: List[int].__origin__)
show(lambda: List[int].__args__)
show(lambda: Optional[int].__args__)
show(lambda: Optional[int].__origin__)
show(lambda: get_origin(List[int]))
show(lambda: get_args(Dict[str,int]))
show(lambda: get_args(int))
show(lambda: cast(int,'a'))
show(lambda: TYPE_CHECKING)
show(lambda: NewType('A',int))
show(lambda: NewType('A',int)(5))
show(lambda: ForwardRef('X'))
show(lambda: List[int]==List[int])
show(lambda: List[int]==List[str])
show(lambda: isinstance([],List))
show(lambda: isinstance(1,Any))
show(lambda: isinstance([],List[int]))
show(lambda: List[int,str])
show(lambda: Dict[int])
show(lambda: Sequence[X])
show(lambda: NoReturn)
show(lambda: AnyStr)
show(lambda: DefaultDict[str,int])
show(lambda: Deque[int])
show(lambda: Set[int])
show(lambda: Optional[int]|str)
show(lambda: Annotated[Optional[str],3].__metadata__)
show(lambda: List[List[X]])
show(lambda: Optional[None])
show(lambda: Union[int,Union[str,int]])
show(lambda: Self)
show(lambda: typing.Iterator[int])
show(lambda: Literal)
show(lambda: Box(3).item)
show(lambda: Box[int])
show(lambda: isinstance([], collections.abc.Sequence))
show(lambda: isinstance({}, collections.abc.Mapping))
show(lambda: isinstance(5, collections.abc.Iterable))
show(lambda: List())
show(lambda: {'a': Optional[int]})
show(lambda: X | None)
show(lambda: dict[str, list[int]])
show(lambda: tuple[int, ...])
show(lambda: [Box.__name__, Box.__mro__[1].__name__])


def annotated(a: int, b: "Later" = None) -> Optional[str]:
    return a


class Record:
    name: str
    tags: List[str] = []
    later: "Optional[Record]"


print(annotated.__annotations__)
print(Record.__annotations__)

