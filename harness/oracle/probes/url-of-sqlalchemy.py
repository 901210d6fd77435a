from sqlalchemy import create_engine

try:
    create_engine("nowhere")
except Exception as error:
    print(type(error).__name__, error)
